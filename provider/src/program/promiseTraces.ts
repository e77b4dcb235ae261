/**
 * Spares large programs the stack traces that the SDK notes with each of the four promises of each output, and that
 * Pulumi's ts-node translates to lines of TypeScript. They are shown only to people who debug promises.
 */

/**
 * Takes no stack traces between two assignments of the SDK to a resource that is being constructed: those of its
 * outputs. Errors of the SDK before and after, and its notes for a registration that fails, still lead to the user's line.
 * @param prototype of the resources.
 * @param first the first property that the SDK assigns when it makes the outputs.
 * @param last the last one.
 * @returns ends the omission, where the SDK has not come to the last one.
 */
export function omitTracesBetween(prototype: object, first: string, last: string): () => void {
  let limit: number | undefined;
  const resume = (): void => {
    if (limit !== undefined) Error.stackTraceLimit = limit;
    limit = undefined;
  };
  if (process.env["PULUMI_DEBUG_PROMISE_LEAKS"]) return resume;
  onAssignment(prototype, first, () => {
    limit ??= Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
  });
  onAssignment(prototype, last, resume);
  return resume;
}

// The value becomes the resource's own property, as it would without us.
function onAssignment(prototype: object, name: string, notice: () => void): void {
  Object.defineProperty(prototype, name, {
    configurable: true,
    set(this: object, value: unknown) {
      Object.defineProperty(this, name, { configurable: true, enumerable: true, writable: true, value });
      notice();
    },
  });
}
