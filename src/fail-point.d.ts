/**
 * Where a kill is tried: tests set this function, and call the program through it. The build drops every call
 * (`release/compile.ts`), so that a release holds neither calls nor names.
 */
declare global {
  var failPoint: ((name: string) => void) | undefined;
}
export {};
