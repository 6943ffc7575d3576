/** In place of what `@pulumi/pulumi` loads to serialize functions: half of the time that each test file took to load it. */
module.exports = new Proxy(
  {},
  {
    get(_, key) {
      if (key === '__esModule') return true;
      throw new Error(`no test serializes a function, and ${String(key)} is not loaded: see jest.config.js`);
    },
  },
);
