// What filters become, run in this kernel: the examples of the document, and random expressions.
import '../filter/documented.js';
import '../filter/property.js';
