/**
 * The schema of the plugin's package: made from the public types and the argument tables, and right for the generators of
 * every language. A generator trips over names and shapes that TypeScript takes.
 */
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { ArgumentSpec } from "../../provider/src/execution/argument";
import { argumentSpecs } from "../../provider/src/execution/commonArguments";
import * as npmPackage from "pulumi-runbook";
import { isFunction } from "../../provider/src/fronts/plugin/functions";
import { findSettingProblems } from "../../provider/src/fronts/plugin/providerSettings";
import { secretSettings } from "../../provider/src/fronts/shared/settingNames";
import { makeArmedState, makeState } from "../../provider/src/lifecycle/state";
import { services } from "../../provider/src/services/registry";
import { makePackageSchema } from "../../tools/schema/packageSchema.mjs";

interface Spec {
  readonly type?: string;
  readonly $ref?: string;
  readonly items?: Spec;
  readonly additionalProperties?: Spec;
  readonly description?: string;
  readonly secret?: boolean;
  readonly willReplaceOnChanges?: boolean;
}

interface ObjectType {
  readonly description?: string;
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Spec>>;
  readonly required?: readonly string[];
  readonly enum?: readonly { readonly name?: string; readonly value: string }[];
}

interface Resource extends ObjectType {
  readonly inputProperties: Readonly<Record<string, Spec>>;
  readonly requiredInputs: readonly string[];
}

interface PackageSchema {
  readonly name: string;
  readonly version: string;
  readonly config: { readonly variables: Readonly<Record<string, Spec>> };
  readonly provider: { readonly inputProperties: Readonly<Record<string, Spec>> };
  readonly types: Readonly<Record<string, ObjectType>>;
  readonly resources: Readonly<Record<string, Resource>>;
  readonly functions: Readonly<
    Record<string, { readonly inputs: ObjectType; readonly outputs?: ObjectType }>
  >;
}

const root = resolve(__dirname, "../..");
const textOf = (file: string): string => readFileSync(join(root, file), "utf8").replaceAll("\r\n", "\n");
const committed = textOf("plugin/schema.json");
const schema = JSON.parse(committed) as PackageSchema;
const { version } = JSON.parse(textOf("provider/package.json")) as { version: string };

type Tables = Record<string, Readonly<Record<string, ArgumentSpec>>>;
const tables: Tables = Object.fromEntries(
  Object.entries(services).map(([name, definition]) => [name, argumentSpecs(definition)]),
);
const make = (given: Tables): string =>
  `${JSON.stringify(makePackageSchema({ repository: root, version, tables: given }), null, 2)}\n`;

/** Every named thing that has properties, with these. */
const objects: readonly (readonly [string, Readonly<Record<string, Spec>>])[] = [
  ["provider", schema.provider.inputProperties],
  ...Object.entries(schema.types).map(([token, { properties = {} }]) => [token, properties] as const),
  ...Object.entries(schema.resources).flatMap(([token, { properties = {}, inputProperties }]) => [
    [`${token} outputs`, properties] as const,
    [`${token} inputs`, inputProperties] as const,
  ]),
  ...Object.entries(schema.functions).flatMap(([token, { inputs, outputs = {} }]) => [
    [`${token} inputs`, inputs.properties ?? {}] as const,
    [`${token} outputs`, outputs.properties ?? {}] as const,
  ]),
];
const properties = objects.flatMap(([owner, all]) =>
  Object.entries(all).map(([name, spec]) => ({ place: `${owner}: ${name}`, name, spec })),
);

describe("made from the sources", () => {
  test("the committed file is current; `npm run schema -- --accept` writes it", () => {
    expect(make(tables)).toBe(committed);
  });

  test("the order in which services are declared changes nothing", () => {
    expect(make(Object.fromEntries(Object.entries(tables).reverse()))).toBe(committed);
  });

  test("an argument that only the table has, or that only the table requires, stops it", () => {
    const { aom = {} } = tables;
    expect(() => make({ aom: { ...aom, extra: aom["region"]! } })).toThrow(/aom: .*its table has .*extra/);
    expect(() => make({ aom: { ...aom, region: { ...aom["region"]!, required: true } } })).toThrow(
      'aom: "region" is required in its table only',
    );
  });

  test("schema, plugin and both packages have one version", () => {
    expect(schema.version).toBe(version);
    expect((JSON.parse(textOf("emulator/package.json")) as { version: string }).version).toBe(version);
  });
});

/** The type that an argument has, by its rule. */
function specOf({ rule: { type, words } }: ArgumentSpec): unknown {
  const named = { $ref: expect.stringMatching(/^#\/types\/runbook:/) };
  switch (type) {
    case "string":
      return words ? named : { type: "string" };
    case "number":
    case "boolean":
      return { type };
    case "map":
      return { type: "object", additionalProperties: expect.anything() };
    // A map, or JSON text of one.
    case "json":
      return { $ref: "pulumi.json#/Any" };
    case "words":
      return { type: "array", items: named };
  }
}

describe.each(Object.keys(tables))("%s agrees with its argument table", (service) => {
  const {
    inputProperties,
    requiredInputs,
    properties: outputs = {},
  } = schema.resources[`runbook:${service}:WorkflowExecution`]!;
  const rows = Object.entries(tables[service]!);

  test("names, and what is required", () => {
    expect(Object.keys(inputProperties).sort()).toEqual(rows.map(([name]) => name).sort());
    expect([...requiredInputs].sort()).toEqual(
      rows.filter(([, { required }]) => required === true).map(([name]) => name),
    );
    // Check refuses what the schema lacks, and a state has what the program gave.
    expect(Object.keys(outputs)).toEqual(expect.arrayContaining(rows.map(([name]) => name)));
  });

  test.each(rows)("%s: type, words, and whether a change runs the workflow again", (name, row) => {
    const { description: _, willReplaceOnChanges = false, ...type } = inputProperties[name]!;
    expect(type).toEqual(specOf(row));
    expect(willReplaceOnChanges).toBe(row.replaces ?? false);
    const { words } = row.rule;
    if (words) {
      const token = (type.$ref ?? type.items?.$ref ?? "").replace("#/types/", "");
      expect(schema.types[token]!.enum!.map(({ value }) => value).sort()).toEqual([...words].sort());
    }
  });
});

describe("right for every language", () => {
  test("every type, enumeration and property has a description", () => {
    expect(properties.length).toBeGreaterThan(200);
    const all = [...Object.entries(schema.types).map(([place, spec]) => ({ place, spec })), ...properties];
    expect(all.filter(({ spec }) => !/\S{3}/.test(spec.description ?? "")).map(({ place }) => place)).toEqual(
      [],
    );
  });

  test("descriptions have no links of TSDoc, no `undefined`, and settings by the plugin's names", () => {
    expect(committed).not.toMatch(/\{@link|\bundefined\b/i);
    expect(committed).not.toMatch(/configuration `(?!runbook:)/);
    expect(committed).not.toMatch(/`(huaweicloud|alicloud):/);
  });

  // An SDK writes a default into the inputs, which then differ from those of the dynamic provider; a default from the
  // environment rests in the state in the clear.
  test("nothing has a default", () => {
    expect(committed).not.toMatch(/"(default|defaultInfo|environment)"/);
  });

  test("numbers are no integers, which have 32 bits in some languages, and no value is one of several types", () => {
    expect(committed).not.toMatch(/"integer"|"oneOf"/);
  });

  test("provider settings are secret, and so is each credential in them", () => {
    for (const settings of [schema.provider.inputProperties, schema.config.variables]) {
      expect(Object.keys(settings).sort()).toEqual(["alicloud", "aws", "huaweicloud"]);
      for (const setting of Object.values(settings)) expect(setting.secret).toBe(true);
    }
    const marked = Object.entries(schema.types)
      .filter(([token]) => token.endsWith("Settings"))
      .flatMap(([, { properties: settings = {} }]) => Object.entries(settings))
      .flatMap(([name, { secret }]) => (secret === true ? [name] : []));
    expect([...new Set(marked)].sort()).toEqual([...secretSettings].sort());
  });

  test("no output is required that an execution can lack: a state of any kind has them all", () => {
    const snapshot = { executionId: "1", status: "unknown", rawStatus: "", steps: [] } as const;
    for (const [token, { required = [], requiredInputs }] of Object.entries(schema.resources)) {
      const args = Object.fromEntries(requiredInputs.map((name) => [name, "1"]));
      for (const state of [makeState(args, {}, snapshot, undefined), makeArmedState(args)]) {
        expect([token, Object.keys(state)]).toEqual([token, expect.arrayContaining([...required])]);
      }
    }
  });
});

describe("the plugin serves what the schema promises", () => {
  test.each(["huaweicloud", "alicloud", "aws"])("every setting of %s is known", (vendor) => {
    const { $ref = "" } = schema.provider.inputProperties[vendor]!;
    const settings = Object.keys(schema.types[$ref.replace("#/types/", "")]!.properties!);
    const known = settings.filter(
      (name) => !findSettingProblems({ [vendor]: { [name]: null, region: "r" } }).length,
    );
    expect(known).toEqual(settings);
    expect(findSettingProblems({ [vendor]: { regoin: "r" } })).toHaveLength(1);
  });

  // The reasons for which the plugin lacks some functions of the npm package.
  const leftOut = [
    { name: /^list/, reason: "gives executions one at a time, and a call of the plugin has one answer" },
    { name: /Output$/, reason: "each SDK makes it from the plain form" },
  ];

  test.each(Object.entries(services))(
    "%s: every function of the npm package, or the reason why not; each is served, and no other",
    (service, definition) => {
      const exported = Object.keys(npmPackage[service as keyof typeof services]);
      const functions = exported.filter((name) => /^[a-z]/.test(name));
      const wanted = functions.filter((name) => !leftOut.some((each) => each.name.test(name)));
      const tokens = Object.keys(schema.functions).filter((token) => token.split(":")[1] === service);
      expect(tokens.sort()).toEqual(wanted.map((name) => `runbook:${service}:${name}`).sort());
      expect(functions.filter((name) => isFunction(definition, name)).sort()).toEqual(wanted.sort());
      for (const { name } of leftOut) expect(functions.some((each) => name.test(each))).toBe(true);
    },
  );
});

describe("names that generators take", () => {
  const tokens = [...Object.keys(schema.types), ...Object.keys(schema.resources)];
  const lastPart = (token: string): string => token.split(":")[2]!;

  test("the package is one word, and modules are none that a generator uses itself", () => {
    expect(schema.name).toMatch(/^[a-z]+$/);
    const modules = [...tokens, ...Object.keys(schema.functions)].map((token) => token.split(":")[1]!);
    const taken = /^(types?|config|inputs?|outputs?|utilities|internal|provider|runbook|pulumi)$/i;
    expect(modules.filter((module) => taken.test(module))).toEqual([]);
  });

  test("no two types of a module have one name, whatever the case", () => {
    const names = tokens.map((token) => token.toLowerCase());
    expect(names).toHaveLength(new Set(names).size);
    expect(tokens.map(lastPart)).not.toContain("Provider");
  });

  test("no property has a reserved name", () => {
    // `id` and `urn` are the resource's own; the others are keywords, or members of base classes.
    const onResources = /^(id|urn|pulumi|opts|resourceName|getProvider|elementType|property)$/;
    const keywords =
      /^(class|def|from|import|in|is|lambda|not|pass|self|with|yield|namespace|object|params|func|interface|package|range|select|type_|default|new|this|void|synchronized|native|volatile)$/;
    const wrong = properties.filter(
      ({ place, name }) =>
        keywords.test(name) || (/^runbook:\w+:WorkflowExecution /.test(place) && onResources.test(name)),
    );
    expect(wrong.map(({ place }) => place)).toEqual([]);
    expect(schema.provider.inputProperties).not.toHaveProperty("version");
  });

  test("no property has the name of its class, which C# refuses", () => {
    const wrong = objects.flatMap(([owner, all]) => {
      const className = lastPart(`${owner.split(" ")[0]!}::`.replace(/^provider/, "runbook:index:Provider"));
      return Object.keys(all).filter((name) => name.toLowerCase() === className.toLowerCase());
    });
    expect(wrong).toEqual([]);
  });

  test("each value of an enumeration is an identifier or has a name", () => {
    for (const [token, { enum: values = [] }] of Object.entries(schema.types)) {
      for (const { name, value } of values)
        expect([token, name ?? value]).toEqual([token, expect.stringMatching(/^[A-Za-z]\w*$/)]);
    }
  });
});
