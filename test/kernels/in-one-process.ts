// Runs in a virtual machine: tests of test/e2e by their names, one after the other in this process. A process for each
// file, as on the host, would spend most of an emulated machine's time on starting Node.
for (const name of process.argv.slice(2)) await import(`../e2e/${name}.test.js`);
