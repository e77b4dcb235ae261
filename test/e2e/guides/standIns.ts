/**
 * Packages of other clouds' resources, for programs of the tutorials: their providers reach only the real clouds. A component
 * has the type and the outputs of the real resource, so that the CLI shows the same rows.
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const head = `"use strict";
const pulumi = require("@pulumi/pulumi");
class StandIn extends pulumi.ComponentResource {
  constructor(type, name, args, outputs) {
    super(type, name, args);
    for (const [key, value] of Object.entries(outputs)) this[key] = pulumi.output(value);
  }
}
`;

const modules: Readonly<Record<string, string>> = {
  "@pulumi/aws": `${head}
const account = "123456789012";
exports.iam = {
  assumeRolePolicyForPrincipal: (Principal) => JSON.stringify({ Statement: [{ Principal }] }),
  Role: class extends StandIn {
    constructor(name, args) {
      super("aws:iam/role:Role", name, args, { arn: \`arn:aws:iam::\${account}:role/\${name}\` });
    }
  },
};
exports.sfn = {
  StateMachine: class extends StandIn {
    constructor(name, args) {
      const arn = \`arn:aws:states:us-east-1:\${account}:stateMachine:\${args.name}\`;
      super("aws:sfn/stateMachine:StateMachine", name, args, { arn });
    }
  },
};
`,
  "@pulumi/alicloud": `${head}
exports.ram = {
  Role: class extends StandIn {
    constructor(name, args) {
      super("alicloud:ram/role:Role", name, args, { arn: \`acs:ram::1234567890123456:role/\${args.roleName}\` });
    }
  },
};
exports.fnf = {
  Flow: class extends StandIn {
    constructor(name, args) {
      super("alicloud:fnf/flow:Flow", name, args, { name: args.name });
    }
  },
};
`,
};

/** Puts the stand-ins where a program in the folder finds them. */
export function addStandIns(folder: string): void {
  for (const [name, source] of Object.entries(modules)) {
    const place = join(folder, "node_modules", name);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, "package.json"), JSON.stringify({ name, version: "0.0.0", main: "index.js" }));
    writeFileSync(join(place, "index.js"), source);
    // The compiler of a deployment needs any types; test/docs/snippets.test.ts checks the programs against real ones.
    const names = [...source.matchAll(/^exports\.(\w+)/gm)].map(([, exported]) => exported!);
    writeFileSync(
      join(place, "index.d.ts"),
      names.map((exported) => `export const ${exported}: any;\n`).join(""),
    );
  }
}
