/**
 * The parts that the pages use of packages of others, where those are too large to install for a check. Names and types
 * are as those packages declare them: `@pulumi/aws` 7.48.0, `@pulumi/alicloud` 3.108.0, `@pulumi/policy` 1.21.0 and
 * `@pulumi/command` 1.1.0.
 */
declare module "@pulumi/aws" {
  import type { CustomResourceOptions, Input, Output, Resource } from "@pulumi/pulumi";
  interface AwsResource extends Resource {
    readonly arn: Output<string>;
  }
  type Constructor<Args, R extends AwsResource = AwsResource> = new (
    name: string,
    args: Args,
    opts?: CustomResourceOptions,
  ) => R;
  const iam: {
    readonly Role: Constructor<{ assumeRolePolicy: Input<string> | object; name?: Input<string> }>;
    assumeRolePolicyForPrincipal(principal: { readonly Service: string }): string;
  };
  const sfn: {
    readonly StateMachine: Constructor<{
      name?: Input<string>;
      roleArn: Input<string>;
      definition: Input<string>;
      type?: Input<string>;
    }>;
  };
}

declare module "@pulumi/alicloud" {
  import type { CustomResourceOptions, Input, Output, Resource } from "@pulumi/pulumi";
  const ram: {
    readonly Role: new (
      name: string,
      args: { roleName?: Input<string>; assumeRolePolicyDocument?: Input<string> },
      opts?: CustomResourceOptions,
    ) => Resource & { readonly arn: Output<string> };
  };
  const fnf: {
    readonly Flow: new (
      name: string,
      args: {
        name?: Input<string>;
        description: Input<string>;
        type: Input<string>;
        roleArn?: Input<string>;
        definition: Input<string>;
      },
      opts?: CustomResourceOptions,
    ) => Resource & { readonly name: Output<string> };
    readonly Execution: new (
      name: string,
      args: {
        flowName: Input<string>;
        executionName: Input<string>;
        input?: Input<string>;
        status?: Input<string>;
      },
      opts?: CustomResourceOptions,
    ) => Resource & { readonly status: Output<string> };
  };
}

declare module "@pulumi/command" {
  import type { CustomResourceOptions, Input, Output, Resource } from "@pulumi/pulumi";
  const local: {
    readonly Command: new (
      name: string,
      args?: {
        create?: Input<string>;
        update?: Input<string>;
        delete?: Input<string>;
        triggers?: Input<unknown[]>;
        environment?: Input<Record<string, Input<string>>>;
        stdin?: Input<string>;
      },
      opts?: CustomResourceOptions,
    ) => Resource & { readonly stdout: Output<string>; readonly stderr: Output<string> };
  };
}

declare module "@pulumi/policy" {
  interface ResourceValidationArgs {
    readonly type: string;
    // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as the package has it
    readonly props: Record<string, any>;
    readonly urn: string;
    readonly name: string;
  }
  interface ResourceValidationPolicy {
    readonly name: string;
    readonly description: string;
    readonly enforcementLevel?: "advisory" | "mandatory" | "remediate" | "disabled";
    readonly validateResource: (
      args: ResourceValidationArgs,
      reportViolation: (message: string, urn?: string) => void,
    ) => Promise<void> | void;
  }
  const PolicyPack: new (
    name: string,
    args: { readonly policies: readonly ResourceValidationPolicy[] },
  ) => { readonly name: string };
}
