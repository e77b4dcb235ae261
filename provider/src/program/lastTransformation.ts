/**
 * Sees arguments and options as the program's transformations leave them. The SDK runs these inside its constructor,
 * when ours has already handed everything over.
 */
import type { Resource, ResourceTransformation } from "@pulumi/pulumi";

// The property that the SDK assigns to a resource under construction, and goes through right after.
const property = "__transformations";

type Transformed = ReturnType<ResourceTransformation>;

/** Returns the final arguments and options of a resource. */
export type Finish = (args: Parameters<ResourceTransformation>[0]) => Transformed;

/**
 * Lets resources finish their arguments and options after all other transformations. Does nothing if there are none; if
 * a later SDK goes another way, nothing is finished.
 * @param prototype of the resources.
 * @param begin called when the SDK begins to construct a resource that is transformed: returns the function that
 *   finishes that resource.
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
