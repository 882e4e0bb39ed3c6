// Stands in for optional modules that the bundle must not contain. See build.js.
export {};
