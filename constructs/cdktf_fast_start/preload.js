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

/** The modules of a provider by the names of their exports, as its lib/index.js has them; nothing for any other. */
function modulesOfIndex(source) {
  const modules = new Map();
  for (const line of source.replace(HELPER, '').split('\n')) {
    const found = REEXPORT.exec(line);
    if (found) {
      modules.set(found[1], found[2] ?? found[3]);
    } else if (!BOILERPLATE.some((expected) => expected.test(line))) {
      return undefined;
    }
  }
  return modules;
}

/** What a provider's lib/index.js exports: it requires every one of its modules, here each is when its export is read. */
function lazyIndex(modules, index) {
  return new Proxy(Object.defineProperty({}, '__esModule', { value: true }), {
    get: (exports, name) => (modules.has(name) ? index.require(modules.get(name)) : exports[name]),
    has: (exports, name) => modules.has(name) || name in exports,
    ownKeys: (exports) => [...Reflect.ownKeys(exports), ...modules.keys()],
    getOwnPropertyDescriptor: (exports, name) =>
      modules.has(name)
        ? { configurable: true, enumerable: true, get: () => index.require(modules.get(name)) }
        : Reflect.getOwnPropertyDescriptor(exports, name),
  });
}

/**
 * What cdktf needs for Terraform assets (240 files of `archiver`), to compare versions (45 files of `semver`), to run a
 * program and to write HCL waits for the first use.
 */
function lazyRequires(source) {
  return source.replace(
    /\nconst (\w+) = (require\("(?:archiver|child_process|semver|\.\/hcl\/render)"\));(?=\n)/g,
    `
const $1 = new Proxy(function () {}, {
    get: (_, name) => $2[name],
    apply: (_, self, given) => Reflect.apply($2, self, given),
});`,
  );
}

/**
 * Each token remembers the stack of calls that made it, for an error message that may show it. V8 takes a stack down in
 * no time and spells it out when it is read, so it is read when the message is written.
 */
function lazyStackTrace(source) {
  return source.replace(
    /\n {4}if \(!object\.stack\) \{\n {8}return \[\];\n {4}\}\n {4}return (object\.stack\n[^;]+);\n/,
    (_, lines) => `
    const taken = [];
    const spelledOut = () => {
        if (object.stack) {
            taken.push(...${lines});
            object.stack = "";
        }
        return taken;
    };
    return new Proxy(taken, {
        get: (_, name) => Reflect.get(spelledOut(), name),
        has: (_, name) => Reflect.has(spelledOut(), name),
        ownKeys: () => Reflect.ownKeys(spelledOut()),
        getOwnPropertyDescriptor: (_, name) => Reflect.getOwnPropertyDescriptor(spelledOut(), name),
    });
`,
  );
}

/** Each write-only argument has `terraform version` run, which takes as long as ten stacks and answers the same. */
function versionAskedOnce(source) {
  return source.replace(
    '(0, child_process_1.execSync)(this.versionCommand, {',
    'ValidateBinaryVersion[this.versionCommand] ??= (0, child_process_1.execSync)(this.versionCommand, {',
  );
}

/** The kernel takes the digest of each package, of 34 MB for AWS's, at every start, and reads 16 KiB at a time. */
function quickDigests(source) {
  return source
    .replaceAll('Buffer.alloc(16384)', 'Buffer.allocUnsafe(1048576)')
    .replace(
      'digestFile=function digestFile(e,...p){return readFileChunks(e,()=>{},...p)}',
      'digestFile=function digestFile(e,...p){' +
        'return globalThis[Symbol.for("cdktf_fast_start")].digest(e,p,()=>readFileChunks(e,()=>{},...p))}',
    );
}

/** As git has it, a file is the same as long as nothing of its status changes, for which the clock must have gone on. */
const SECONDS_UNTIL_A_CHANGE_SHOWS = 2n;

globalThis[Symbol.for('cdktf_fast_start')] = {
  digest(file, comments, work) {
    const kept = process.env.CDKTF_FAST_START_DIGESTS;
    if (!kept) {
      return work();
    }
    const found = fs.statSync(file, { bigint: true, throwIfNoEntry: false });
    if (!found) {
      return work();
    }
    const { dev, ino, size, mtimeNs, ctimeNs } = found;
    const status = [dev, ino, size, mtimeNs, ctimeNs, ...comments].join(' ');
    let known = {};
    try {
      known = JSON.parse(fs.readFileSync(kept, 'utf8'));
      if (known[file]?.status === status) {
        return Buffer.from(known[file].digest, 'hex');
      }
    } catch {
      // There is none yet, or it is damaged: it is written again.
    }
    const digest = work();
    if (BigInt(Date.now()) / 1000n - ctimeNs / 1000000000n > SECONDS_UNTIL_A_CHANGE_SHOWS) {
      try {
        const now = { ...known, [file]: { status, digest: digest.toString('hex') } };
        fs.writeFileSync(`${kept}.${process.pid}`, JSON.stringify(now));
        fs.renameSync(`${kept}.${process.pid}`, kept);
      } catch {
        // Where there is no room for it, the next start takes longer.
      }
    }
    return digest;
  },
};

const CHANGES = [
  [/[\\/]lib__program\.js$/, quickDigests],
  [/[\\/]cdkt[fn][\\/]lib[\\/]tokens[\\/]private[\\/]stack-trace\.js$/, lazyStackTrace],
  [/[\\/]cdkt[fn][\\/]lib[\\/]validations[\\/]validate-binary-version\.js$/, versionAskedOnce],
  [
    /[\\/]cdkt[fn][\\/]lib[\\/](?:private[\\/]fs|terraform-stack|testing[\\/]matchers|validations[\\/][\w-]+)\.js$/,
    lazyRequires,
  ],
];
const PROVIDER_INDEX = /[\\/]@cdkt[fn][\\/]provider-[^\\/]+[\\/]lib[\\/]index\.js$/;

/**
 * Where a file of a package really is: jsii links it into a folder of another name at every start, and Node's compile
 * cache knows files by their names.
 */
const packages = new Map();
function realPath(filename) {
  const found = /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)([\\/].*)$/.exec(filename);
  if (!found) {
    return filename;
  }
  const [, folder, file] = found;
  if (!packages.has(folder)) {
    packages.set(folder, fs.realpathSync(folder));
  }
  return packages.get(folder) + file;
}

const compile = Module.prototype._compile;
Module.prototype._compile = function (source, filename, ...rest) {
  const modules = PROVIDER_INDEX.test(filename) ? modulesOfIndex(source) : undefined;
  if (modules) {
    this.exports = lazyIndex(modules, this);
    return undefined;
  }
  const changes = CHANGES.filter(([file]) => file.test(filename)).map(([, change]) => change);
  const changed = changes.reduce((text, change) => change(text), source);
  return compile.call(this, changed, realPath(filename), ...rest);
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

fs.readSync = (descriptor, ...rest) => {
  if (descriptor === KERNEL_CHANNEL) {
    writeAnswers();
  }
  return unlessPythonIsGone(
    descriptor,
    () => readSync(descriptor, ...rest),
    () => 0, // as at the end of a file
  );
};

/** Answers to all requests that came together are written together, before the kernel waits for the next ones. */
const answers = [];

fs.writeSync = (descriptor, data, ...rest) => {
  if (descriptor !== KERNEL_CHANNEL) {
    return writeSync(descriptor, data, ...rest);
  }
  const answer = data.subarray(rest[0] ?? 0);
  answers.push(answer);
  return answer.length;
};

function writeAnswers() {
  const data = answers.length === 1 ? answers[0] : Buffer.concat(answers);
  answers.length = 0;
  let written = 0;
  while (written < data.length) {
    written += unlessPythonIsGone(
      KERNEL_CHANNEL,
      () => writeSync(KERNEL_CHANNEL, data, written),
      () => data.length - written, // as if the rest had been taken
    );
  }
}

process.on('exit', writeAnswers);
