import { readFileSync } from "node:fs";
import { type Environment, readVariable } from "../environment.ts";
import { AppError } from "../errors.ts";

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  /** In milliseconds; undefined: never. */
  readonly expires?: number | undefined;
}

/** Lent credentials are asked for again this long before they end. */
const early = 5 * 60 * 1000;
const instanceHost = "http://169.254.169.254";

/**
 * Where the keys of a bucket come from, in the order in which the usual tools look: the URL, the variables, a web
 * identity, the container, the machine. What is lent is asked for again in time.
 */
export function s3Credentials(
  url: string,
  environment: Environment,
  { now = Date.now, instance = instanceHost } = {},
): () => Promise<Credentials> {
  const { username = "", password = "" } = URL.parse(url) ?? {};
  if (username !== "" && password !== "") {
    const own = {
      accessKeyId: decodeURIComponent(username),
      secretAccessKey: decodeURIComponent(password),
    };
    return async () => own;
  }
  const accessKeyId = readVariable(environment, "AWS_ACCESS_KEY_ID");
  const secretAccessKey = readVariable(environment, "AWS_SECRET_ACCESS_KEY");
  const sessionToken = readVariable(environment, "AWS_SESSION_TOKEN");
  if (accessKeyId !== undefined && secretAccessKey !== undefined) {
    return async () => ({ accessKeyId, secretAccessKey, sessionToken });
  }
  let lent: Promise<Credentials> | undefined;
  let until = 0;
  return async () => {
    if (lent === undefined || until - early < now()) {
      lent = borrow(environment, instance);
      until = (await lent.catch(() => undefined))?.expires ?? 0;
    }
    return lent;
  };
}

async function borrow(environment: Environment, instance: string): Promise<Credentials> {
  const identity = readVariable(environment, "AWS_WEB_IDENTITY_TOKEN_FILE");
  const role = readVariable(environment, "AWS_ROLE_ARN");
  try {
    if (identity !== undefined && role !== undefined) {
      return await byIdentity(environment, identity, role);
    }
    const full = readVariable(environment, "AWS_CONTAINER_CREDENTIALS_FULL_URI");
    const relative = readVariable(environment, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
    const container = full ?? (relative && `http://169.254.170.2${relative}`);
    if (container !== undefined) {
      const token = readVariable(environment, "AWS_CONTAINER_AUTHORIZATION_TOKEN");
      return readLent(await ask(container, token === undefined ? {} : { Authorization: token }));
    }
    return await byInstance(instance);
  } catch (error) {
    throw new AppError("failed", "there are no credentials for the bucket", {
      hint: "set `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`",
      cause: error,
    });
  }
}

async function byIdentity(
  environment: Environment,
  file: string,
  role: string,
): Promise<Credentials> {
  const region = readVariable(environment, "AWS_REGION");
  const host =
    readVariable(environment, "AWS_ENDPOINT_URL_STS") ??
    (region === undefined ? "https://sts.amazonaws.com" : `https://sts.${region}.amazonaws.com`);
  const query = new URLSearchParams({
    Action: "AssumeRoleWithWebIdentity",
    Version: "2011-06-15",
    RoleArn: role,
    RoleSessionName: "agent-trace",
    WebIdentityToken: readFileSync(file, "utf8").trim(),
  });
  const answer = await fetch(host, {
    method: "POST",
    body: query,
    signal: AbortSignal.timeout(10_000),
  });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  const text = await answer.text();
  const member = (name: string): string =>
    new RegExp(`<${name}>([^<]+)</${name}>`).exec(text)?.[1] ?? "";
  return {
    accessKeyId: member("AccessKeyId"),
    secretAccessKey: member("SecretAccessKey"),
    sessionToken: member("SessionToken"),
    expires: Date.parse(member("Expiration")),
  };
}

async function byInstance(instance: string): Promise<Credentials> {
  const session = await ask(
    `${instance}/latest/api/token`,
    {
      "X-aws-ec2-metadata-token-ttl-seconds": "21600",
    },
    "PUT",
  );
  const headers = { "X-aws-ec2-metadata-token": session };
  const path = `${instance}/latest/meta-data/iam/security-credentials/`;
  const [role = ""] = (await ask(path, headers)).split("\n");
  return readLent(await ask(`${path}${role}`, headers));
}

async function ask(url: string, headers: Record<string, string>, method = "GET"): Promise<string> {
  const answer = await fetch(url, { method, headers, signal: AbortSignal.timeout(5000) });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return answer.text();
}

function readLent(text: string): Credentials {
  const { AccessKeyId, SecretAccessKey, Token, Expiration } = JSON.parse(text) as Record<
    string,
    string
  >;
  if (AccessKeyId === undefined || SecretAccessKey === undefined) throw new Error("no keys");
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: Token,
    expires: Date.parse(Expiration ?? ""),
  };
}
