'use strict';
/**
 * Runs in jsii's Node before anything else, by `--require`: keeps it from reading what nobody uses.
 *
 * Some files are changed as they are loaded, each only where it reads exactly as expected; anything else is left alone.
 * Plain JavaScript for whatever Node jsii runs on.
 */
const fs = require('node:fs');
const Module = require('node:module');
const threads = require('node:worker_threads');

const REEXPORT = /^exports\.(\w+) = (?:require\("(\.\/[\w-]+)"\)|__importStar\(require\("(\.\/[\w-]+\/index)"\)\));$/;
/** What TypeScript writes in front for `__importStar`, which hands on a module of TypeScript as it is. */
const HELPER = /^var (__\w+) = \(this && this\.\1\) \|\| [^]*?^\}\)\)?(?:\(\))?;\n/gm;
const BOILERPLATE = [
  /^$/,
  /^"use strict";$/,
  /^\/\*\*$/,
  /^ \*/,
  /^Object\.defineProperty\(exports, "__esModule", \{ value: true \}\);$/,
  /^(exports\.\w+ = )+void 0;$/,
  /^\/\//,
];

/** A provider's lib/index.js, which requires every one of its modules: each is required when its export is read. */
function lazyIndex(source) {
  const modules = [];
  for (const line of source.replace(HELPER, '').split('\n')) {
    const found = REEXPORT.exec(line);
    if (found) {
      modules.push([found[1], found[2] ?? found[3]]);
    } else if (!BOILERPLATE.some((expected) => expected.test(line))) {
      return source;
    }
  }
  return `"use strict";
Object.defineProperty(exports, "__esModule", { value: true });
for (const [name, path] of ${JSON.stringify(modules)}) {
  Object.defineProperty(exports, name, { configurable: true, enumerable: true, get: () => require(path) });
}
`;
}

/** The one file of cdktf that makes zip files, of Terraform assets: 240 files of `archiver` wait for the first. */
function lazyArchiver(source) {
  return source.replace(
    '\nconst archiver = require("archiver");\n',
    '\nconst archiver = (...options) => require("archiver")(...options);\n',
  );
}

/** What compares versions, of a Terraform that an import, a move or a write-only argument needs: 45 files. */
function lazySemver(source) {
  return source.replace(
    '\nconst semver = require("semver");\n',
    '\nconst semver = new Proxy({}, { get: (_, name) => require("semver")[name] });\n',
  );
}

const CHANGES = [
  [/[\\/]@cdkt[fn][\\/]provider-[^\\/]+[\\/]lib[\\/]index\.js$/, lazyIndex],
  [/[\\/]cdktf[\\/]lib[\\/]private[\\/]fs\.js$/, lazyArchiver],
  [/[\\/]cdkt[fn][\\/]lib[\\/]validations[\\/](?:validate-binary-version|target-versions)\.js$/, lazySemver],
];

const compile = Module.prototype._compile;
Module.prototype._compile = function (source, filename, ...rest) {
  const change = CHANGES.find(([file]) => file.test(filename));
  return compile.call(this, change ? change[1](source) : source, filename, ...rest);
};

/**
 * The first time that jsii sees a package it builds an index of its types in a worker thread, beside its own work. A
 * program that ends in half a second would end the worker too, each time: no index ever, and each run would parse the
 * 120 MB that the index replaces (2 s and 1.1 GB). So Node stays until the index is written, once per machine.
 *
 * The worker's file lies beside the kernel's own, in the Python package under another name.
 */
const INDEX_WORKER = /([\\/])(runtime-index-worker\.js)$/;
const indexing = new Set();

threads.Worker = class extends threads.Worker {
  constructor(file, options) {
    const isIndexWorker = INDEX_WORKER.test(String(file));
    super(isIndexWorker && !fs.existsSync(file) ? file.replace(INDEX_WORKER, '$1lib__$2') : file, options);
    if (isIndexWorker) {
      indexing.add(this);
      this.once('exit', () => indexing.delete(this));
    }
  }
};

const exit = process.exit;
process.exit = function (code) {
  if (indexing.size === 0) {
    return exit.call(process, code);
  }
  for (const worker of indexing) {
    worker.once('exit', () => process.exit(code));
  }
};

/**
 * Python talks to the kernel through descriptor 3. When Python is killed, that is the end of the conversation, and no
 * error to print with the line of the kernel it happened in: the kernel is one line of 370 kB.
 */
const KERNEL_CHANNEL = 3;
const { readSync, writeSync } = fs;

function unlessPythonIsGone(descriptor, action, otherwise) {
  try {
    return action();
  } catch (error) {
    if (descriptor === KERNEL_CHANNEL && ['ECONNRESET', 'EPIPE'].includes(error.code)) {
      return otherwise();
    }
    throw error;
  }
}

fs.readSync = (descriptor, ...rest) =>
  unlessPythonIsGone(
    descriptor,
    () => readSync(descriptor, ...rest),
    () => 0, // as at the end of a file
  );

fs.writeSync = (descriptor, data, ...rest) =>
  unlessPythonIsGone(
    descriptor,
    () => writeSync(descriptor, data, ...rest),
    () => data.length - (rest[0] ?? 0), // as if the rest had been taken
  );
