/**
 * Whether two epochs can be of the same contents. A project's is the database's, a dot and the project's number;
 * answers that concern no project carry the database's alone.
 */
export function isSameEpoch(one: string, other: string): boolean {
  return one === other || one.startsWith(`${other}.`) || other.startsWith(`${one}.`);
}
