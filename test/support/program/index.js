// A program made of data: declares the resources of resources.json. "${name.output}" stands for an output of a
// resource.
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const pulumi = require("@pulumi/pulumi");
const random = require("@pulumi/random");
const services = require("pulumi-runbook");

const declared = {};

function resolve(value) {
  if (typeof value === "string") {
    const reference = /^\$\{([\w-]+)\.(\w+)\}$/.exec(value);
    if (reference) return declared[reference[1]][reference[2]];
    const itself = /^\$\{([\w-]+)\}$/.exec(value);
    if (itself) return declared[itself[1]];
    const secret = /^secret:(.*)$/.exec(value);
    if (secret) return pulumi.secret(secret[1]);
    if (value === "NaN") return NaN;
    return value;
  }
  if (Array.isArray(value)) return value.map(resolve);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolve(item)]));
}

for (const resource of JSON.parse(fs.readFileSync(path.join(__dirname, "resources.json"), "utf8"))) {
  const dependsOn = (resource.dependsOn ?? []).map((name) => declared[name]);
  const opts = { ...resolve(resource.opts ?? {}), ...(dependsOn.length > 0 ? { dependsOn } : {}) };
  const args = resolve(resource.args ?? {});
  const [, service, get] = /^(.*?)(Get)?$/.exec(resource.kind ?? "aom");
  if (service === "marker") {
    // Anything that depends on an execution; its keepers show the values that it got.
    declared[resource.name] = new random.RandomPet(resource.name, { keepers: args }, opts);
  } else if (service === "uuid7") {
    // A key for runs, as programs make one: another one whenever the keepers change.
    declared[resource.name] = new random.RandomUuid7(resource.name, { keepers: args }, opts);
  } else if (service === "provider") {
    declared[resource.name] = new services.Provider(resource.name, args, opts);
  } else if (get) {
    const { id, ...rest } = args;
    declared[resource.name] = services[service].WorkflowExecution.get(resource.name, id, rest, opts);
  } else {
    declared[resource.name] = new services[service].WorkflowExecution(resource.name, args, opts);
  }
}

for (const [name, resource] of Object.entries(declared)) {
  exports[name] = { id: resource.id, status: resource.status, output: resource.output };
}
