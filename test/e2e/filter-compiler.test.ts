// What filters become, run in this kernel: the examples of the document, random expressions, and redactions.
import '../filter/documented.js';
import '../filter/property.js';
import '../filter/redacted.js';
