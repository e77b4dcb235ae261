// Lets Node run the TypeScript of this repository as CommonJS, transformed by swc as it is loaded. With SIMULATION_PATCH a
// file of faults/ is put into the sources on the way: a known fault that the simulation has to find.
"use strict";
const { readFileSync } = require("node:fs");
const Module = require("node:module");
const { join, relative, sep } = require("node:path");
const { transformSync } = require("@swc/core");

const root = join(__dirname, "..", "..");
const patch = process.env.SIMULATION_PATCH === undefined ? undefined : require(process.env.SIMULATION_PATCH);
const left = new Set((patch?.changes ?? []).map((change) => change));

function patched(file, source) {
  let text = source;
  for (const change of patch?.changes ?? []) {
    const isHere = change.file === undefined || relative(root, file).split(sep).join("/") === change.file;
    if (!isHere || !text.includes(change.search)) continue;
    text = text.split(change.search).join(change.replace);
    left.delete(change);
  }
  return text;
}

Module._extensions[".ts"] = (module, file) => {
  const source = patched(file, readFileSync(file, "utf8"));
  const { code } = transformSync(source, {
    filename: file,
    jsc: { target: "es2022", parser: { syntax: "typescript" }, keepClassNames: true },
    module: { type: "commonjs", ignoreDynamic: false },
    sourceMaps: "inline",
  });
  module._compile(code, file);
};

/** Fails where a patch has not found its place: the fault would not have been put back. */
module.exports.checkPatch = () => {
  if (left.size === 0) return;
  const [{ file, search }] = left;
  throw new Error(`${patch.name}: ${file ?? "no source"} does not have:\n${search}`);
};
