import { AppError, type ErrorCode } from "../errors.ts";
import { type Answer, parseObject, redactStrings } from "./answer.ts";
import { Accident } from "./retry.ts";
import { parseRetryAfter } from "./retry-after.ts";

/** Statuses that say "not now" rather than "no". */
export function isAccident(status: number): boolean {
  return [408, 425, 429, 500, 502, 503, 504].includes(status);
}

/** A longer body explains nothing. */
const mostRefusal = 1024 * 1024;

/** Longer explanations are cut: they are printed, and come from others. */
const longestSentence = 500;

interface Refusal {
  readonly code: string | undefined;
  readonly sentence: string | undefined;
  readonly members: Readonly<Record<string, unknown>>;
}

/** What the service says about its refusal; nothing, where the body is no error of this protocol. */
async function readRefusal(answer: Answer): Promise<Refusal> {
  const body = await answer.text(mostRefusal).catch(() => "");
  const read = parseObject(body) ?? {};
  const members = redactStrings(read, answer.redact);
  const text = (name: string): string | undefined => {
    const value = members[name];
    return typeof value === "string" && value !== "" ? value.slice(0, longestSentence) : undefined;
  };
  // What is decided goes by the code as it was sent: a token of one letter stands in every code.
  const code = read["code"];
  return {
    code: typeof code === "string" && isCode(code, answer) ? code : undefined,
    sentence: text("error") ?? text("message"),
    members,
  };
}

/** Whether a text can be a code, and is not our own token said back to us. */
export function isCode(code: string, { redact }: Answer): boolean {
  return /^[a-z0-9_.-]{1,64}$/i.test(code) && !/at_.{8}/.test(code) && !/^\*+$/.test(redact(code));
}

/** An answer that says "not now", with the time it asks for. */
export async function accidentOf(answer: Answer, now: number): Promise<Accident> {
  const { code, sentence } = await readRefusal(answer);
  const retryAfter = parseRetryAfter(answer.headers.get("retry-after"), now);
  const failure = new AppError(
    "unreachable",
    `${answer.from} keeps answering ${answer.status}${sentence === undefined ? "" : `: ${sentence}`}`,
    {
      hint: "nothing is lost; run the command again in a while",
      ...(code === undefined ? {} : { label: code }),
      details: { status: answer.status },
    },
  );
  return new Accident(failure, retryAfter === undefined ? {} : { retryAfter });
}

/** A token must not follow to another place, so no redirect is followed at all. */
export function redirectRefused(answer: Answer): AppError {
  const target = answer.headers.get("location") ?? "";
  const where = URL.canParse(target) ? ` to ${new URL(target).origin}` : "";
  return new AppError("redirected", `${answer.from} redirects${where}, which is not followed`, {
    hint: "give the remote the URL at which the service itself answers, with `agent-trace remote set-url <name> <url>`",
    details: { status: answer.status },
  });
}

const codeOfStatus: Readonly<Record<number, ErrorCode>> = {
  401: "unauthorized",
  403: "forbidden",
  409: "conflict",
};

/** The error for a final answer other than success; its label is the service's own code. */
export async function refusalOf(answer: Answer): Promise<AppError> {
  const { status, from } = answer;
  // Another success than the one that was asked for comes from something in between.
  if (status < 300) {
    throw new Accident(
      new AppError("invalid_answer", `${from} answered ${status} without content`),
    );
  }
  const { code, sentence, members } = await readRefusal(answer);
  const own =
    status === 404 && code === "project_not_found"
      ? "project_not_found"
      : (codeOfStatus[status] ?? "refused");
  if (status === 413 && code === undefined) {
    // Ours names its limits: this comes from what stands in front of it.
    return new AppError("refused", `${from} takes no body of this size (413)`, {
      label: "body_too_large",
      hint: "raise the limit of the proxy in front of it (nginx: `client_max_body_size 128m`)",
      details: { status, reason: sentence ?? null },
    });
  }
  const { error: _error, code: _code, message: _message, ...facts } = members;
  return new AppError(own, `${from} refused (${status}): ${sentence ?? "it gave no reason"}`, {
    label: code ?? own,
    details: { ...facts, status, reason: sentence ?? null },
  });
}

/** The status of a refusal, for callers that tell one from another. */
export function statusOf(error: unknown): number | undefined {
  if (!(error instanceof AppError)) return undefined;
  const status = error.details["status"];
  return typeof status === "number" ? status : undefined;
}

/** Statuses by which a service refuses what it was sent, as opposed to who sends it or where. */
const aboutContent = new Set([400, 409, 413, 422]);

export function refusesContent(error: unknown): boolean {
  return aboutContent.has(statusOf(error) ?? 0);
}
