import { HttpError, badRequest } from "../http/http-error.ts";

/** Far above any batch of ours: a bound for what an answer to a hostile one may cost. */
export const mostItems = 10_000;
/**
 * Members, in objects and lists, that all items together may have. A parser's time goes by them: what is legitimate
 * has one in some 30 bytes, a hostile batch one in two.
 */
export const mostMembers = 1_000_000;
/** A deeper item could be stored, and would then break the parser of everyone who pulls it. */
export const deepest = 256;

/** What a shorter batch can cost is not worth a look at each of its bytes. */
const worthLooking = 1024 * 1024;

/**
 * Looks at a batch before it is parsed: 32 MiB of brackets would take the parser seconds, in which nobody else is
 * answered, and gigabytes. Throws 400 or 413; whether it is JSON at all the parser will say.
 */
export function checkShape(body: Uint8Array, { from = worthLooking } = {}): void {
  if (body.length < from) return;
  let depth = 0;
  let items = 0;
  let members = 0;
  for (let at = 0; at < body.length; at++) {
    switch (body[at]) {
      case 0x22:
        for (at++; at < body.length && body[at] !== 0x22; at++) if (body[at] === 0x5c) at++;
        break;
      case 0x7b:
      case 0x5b:
        // The items stand in an array in an object.
        if (++depth > deepest + 2) throw tooDeep();
        break;
      case 0x7d:
      case 0x5d:
        depth--;
        break;
      case 0x2c:
        if (++members >= mostMembers) throw tooComplex();
        if (depth === 2 && ++items >= mostItems) throw tooMany();
    }
  }
}

export function tooDeep(): HttpError {
  return badRequest("too_deep", `an item is nested deeper than ${deepest} levels`);
}

function tooComplex(): HttpError {
  return new HttpError(413, "batch_too_large", `more than ${mostMembers} members in one batch`, {
    details: { limit: mostMembers },
  });
}

export function tooMany(): HttpError {
  return new HttpError(413, "batch_too_large", `more than ${mostItems} items in one batch`, {
    details: { limit: mostItems },
  });
}
