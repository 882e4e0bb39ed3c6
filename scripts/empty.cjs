// Stands in for optional modules that the bundle must not contain: see bundle.js. An ES module would need their exports.
