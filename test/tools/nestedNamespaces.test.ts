/**
 * The names in the public types: two modules may each have a `WorkflowExecution`.
 */
import { evaluate, startModule } from "./toolProcess";

const nest = (text: string): string =>
  `import { nestNamespaces } from "tools/setup/nestedNamespaces.mjs";
   console.log(JSON.stringify(nestNamespaces(${JSON.stringify(text)})));`;

const twoModules = `import * as pulumi from '@pulumi/pulumi';

declare namespace aom {
    export { Args, Run }
}
export { aom }

/** What both have. */
export declare interface Common { common?: string }

/** Arguments of {@link Run}. */
declare interface Args extends Common { workflowId: string }

/** Arguments of {@link Run}. */
declare interface Args_2 extends Common { flowName: string }

declare namespace cloudflow {
    export { Args_2 as Args, Run_2 as Run, list_2 as list }
}
export { cloudflow }

declare function list_2(): Run_2[];

declare class Run extends pulumi.CustomResource {
    constructor(args: Args);
}

declare class Run_2 extends pulumi.CustomResource {
    constructor(args: Args_2);
}

export { }
`;

test("declarations stand in the namespaces that export them, under the names by which programs know them", async () => {
  expect(await evaluate(nest(twoModules))).toBe(`import * as pulumi from '@pulumi/pulumi';

declare namespace aom {
    /** Arguments of {@link Run}. */
    export interface Args extends Common { workflowId: string }

    export class Run extends pulumi.CustomResource {
        constructor(args: Args);
    }
}
export { aom }

/** What both have. */
export declare interface Common { common?: string }

declare namespace cloudflow {
    /** Arguments of {@link Run}. */
    export interface Args extends Common { flowName: string }

    export function list(): Run[];

    export class Run extends pulumi.CustomResource {
        constructor(args: Args);
    }
}
export { cloudflow }

export { }
`);
});

test.each([
  ["outside of all", "export declare interface Other { run: Run_2 }"],
  ["in another namespace", "declare function first(): Run_2;\ndeclare namespace coc { export { first } }"],
])("a declaration that is used %s cannot be moved, which is said", async (_where, use) => {
  const { code, stderr } = await startModule(nest(`${twoModules}${use}\n`)).ending;
  expect(code).toBe(1);
  expect(stderr).toContain("The public types use Run of the module cloudflow outside of it.");
});

test("a module whose own type has the name of a shared one that it uses is refused", async () => {
  const shared = twoModules.replace("flowName: string", "flowName: string; run: Run_3");
  const text = `${shared.replaceAll("Run_2 as Run,", "Run_2 as Run_3,")}export declare class Run_3 {}\n`;
  const { code, stderr } = await startModule(nest(text)).ending;
  expect([code, stderr]).toEqual([
    1,
    expect.stringContaining(
      "The module cloudflow has a Run_3 of its own and uses the one that all modules share.",
    ),
  ]);
});
