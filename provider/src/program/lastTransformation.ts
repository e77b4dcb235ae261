/**
 * Sees arguments and options as the program's transformations leave them. The SDK runs these inside its constructor,
 * when ours has already handed everything over.
 */
import type { Resource, ResourceTransformation } from "@pulumi/pulumi";

// The property that the SDK assigns to a resource under construction, and goes through right after.
const property = "__transformations";

type Transformed = ReturnType<ResourceTransformation>;

/** Says what becomes of a resource's arguments and options. */
export type Finish = (args: Parameters<ResourceTransformation>[0]) => Transformed;

/**
 * Lets resources finish what other transformations have made of their arguments and options. Does nothing where there
 * are none; where a later SDK goes another way, nothing is finished.
 * @param prototype of the resources.
 * @param begin called when the SDK begins to construct a resource that is transformed: gives what finishes that one.
 */
export function finishTransformations(prototype: object, begin: () => Finish): void {
  Object.defineProperty(prototype, property, {
    configurable: true,
    set(this: Resource, transformations: readonly ResourceTransformation[]) {
      const assign = (value: readonly ResourceTransformation[]): void => {
        Object.defineProperty(this, property, {
          configurable: true,
          enumerable: true,
          writable: true,
          value,
        });
      };
      if (transformations.length === 0) {
        assign(transformations);
        return;
      }
      const finish = begin();
      const last: ResourceTransformation = (args) => {
        // Children have the transformations of their parents.
        assign(transformations);
        return finish(args);
      };
      assign([...transformations, last]);
    },
  });
}
