import { HttpError, badRequest } from "../http/http-error.ts";
import { findExcess } from "../schema/json-shape.ts";

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

/** Looks at a batch before it is parsed. Throws 400 or 413; whether it is JSON at all the parser will say. */
export function checkShape(body: Uint8Array, { from = worthLooking } = {}): void {
  if (body.length < from) return;
  // The items stand in an array in an object.
  const limits = { depth: deepest + 2, members: mostMembers, items: mostItems };
  const excess = findExcess(body, limits);
  if (excess === "depth") throw tooDeep();
  if (excess === "members") throw tooComplex();
  if (excess === "items") throw tooMany();
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
