import type { Authored } from "../../../attribution/authored.ts";
import { nobody } from "../../../attribution/follow.ts";
import { foundAgain, leftBehind } from "../../../attribution/left-texts.ts";
import { authoredOf, packFile } from "../../../attribution/pending-file.ts";
import type { PendingClaim, PendingFile } from "../../../schema/pending.ts";

/** The author of what a command wrote: later than every other, whatever their number. */
export const commandAuthor = 1_000_000;

/** Claims of several files under common numbers, so that lines can go from one to another with their authors. */
export class AuthorList {
  readonly #claims: PendingClaim[] = [];
  readonly #numbers = new Map<string, number>();

  #number(claim: PendingClaim): number {
    const known = this.#numbers.get(claim.traceId);
    if (known !== undefined) return known;
    this.#claims.push(claim);
    this.#numbers.set(claim.traceId, this.#claims.length - 1);
    return this.#claims.length - 1;
  }

  take(pending: PendingFile): Authored {
    const { text, authors } = authoredOf(pending);
    const numbers = pending.claims.map((claim) => this.#number(claim));
    return { text, authors: authors.map((author) => numbers[author] ?? nobody) };
  }

  /** A text that the command made of a pending file's: lines that went with an earlier one are whose they were. */
  takeBack(pending: PendingFile, { text, authors }: Authored): Authored {
    if ((pending.left ?? []).length === 0) return { text, authors };
    const found = foundAgain(pending, text, { byCommand: true });
    const back = authors.map((author, at) => {
      const claim =
        author === commandAuthor ? found.claims[found.authors[at] ?? nobody] : undefined;
      return claim === undefined ? author : this.#number(claim);
    });
    return { text, authors: back };
  }

  takeLines(text: string, claims: readonly (PendingClaim | undefined)[]): Authored {
    return { text, authors: claims.map((claim) => (claim ? this.#number(claim) : nobody)) };
  }

  /** A pending file of these authors: the claims that it had, those that came with lines, and the command's last. */
  pack(
    path: string,
    { text, authors }: Authored,
    {
      before,
      claim,
      toolUse,
    }: { before: PendingFile | undefined; claim: PendingClaim; toolUse: string | undefined },
  ): PendingFile {
    const used = new Set(authors);
    // What the command wrote is not what stood there.
    const former = { text, authors: authors.map((one) => (one === commandAuthor ? nobody : one)) };
    const own = (before?.claims ?? []).map((known) => this.#number(known));
    const numbers = [...new Set([...own, ...[...used].filter((author) => author >= 0)])];
    const kept = numbers.filter((author) => author !== commandAuthor);
    const claims = kept.flatMap((author) => this.#claims[author] ?? []);
    if (used.has(commandAuthor)) claims.push(claim);
    const places = new Map(kept.map((author, place) => [author, place]));
    places.set(commandAuthor, kept.length);
    return packFile(
      { text, authors: authors.map((author) => places.get(author) ?? nobody) },
      {
        path,
        claims,
        toolUses: [...(before?.toolUses ?? []), ...(toolUse === undefined ? [] : [toolUse])],
        left: before === undefined ? undefined : leftBehind(before, former, { byCommand: true }),
      },
    );
  }
}
