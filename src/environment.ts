/**
 * Every environment variable this program reads: name, meaning and default stand here and nowhere else.
 * Nothing else looks at `process.env`; the values reach code as an argument.
 */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface Variable {
  readonly name: string;
  readonly meaning: string;
  readonly fallback?: string;
}

/** Asked for by help alone: a hook, which reads three of them, need not make the list. */
export const listVariables = () =>
  [
    {
      name: "AGENT_TRACE_HOME",
      meaning: "where everything is kept",
      fallback: "~/.agent-trace",
    },
    {
      name: "AGENT_TRACE_OFFLINE",
      meaning: "set to 1: commands that need the network fail at once",
    },
    {
      name: "AGENT_TRACE_HTTP_TIMEOUT",
      meaning: "seconds without a byte after which a request is abandoned",
      fallback: "30",
    },
    {
      name: "AGENT_TRACE_ADMIN_SECRET",
      meaning:
        "the service's admin secret, for `admin`, `project create` and `remote add --create`",
    },
    {
      name: "AGENT_TRACE_DEBUG",
      meaning: "absolute path of a file in which agents' hooks note what they saw, without content",
    },
    {
      name: "AGENT_TRACE_SUMMARY",
      meaning: "set for summarising agents: hooks of what they do stay silent",
    },
    { name: "AGENT_TRACE_PAGER", meaning: "pager for long output, before PAGER" },
    { name: "AGENT_TRACE_NO_PROGRESS", meaning: "set: no progress is shown" },
    { name: "PAGER", meaning: "pager for long output", fallback: "less -FRX" },
    { name: "NO_COLOR", meaning: "set and not empty: no colour" },
    { name: "FORCE_COLOR", meaning: "set and not 0: colour even in a pipe" },
    { name: "CLICOLOR_FORCE", meaning: "as FORCE_COLOR" },
    { name: "TERM", meaning: "`dumb`: no colour and no moving progress line" },
    { name: "LC_ALL", meaning: "a UTF-8 locale allows line-drawing characters" },
    { name: "LC_CTYPE", meaning: "as LC_ALL" },
    { name: "LANG", meaning: "as LC_ALL" },
    { name: "COLUMNS", meaning: "width of the terminal where it cannot be asked" },
    { name: "HTTP_PROXY", meaning: "proxy for http, never used for loopback" },
    { name: "HTTPS_PROXY", meaning: "proxy for https, never used for loopback" },
    { name: "ALL_PROXY", meaning: "proxy where neither of the two is set" },
    { name: "NO_PROXY", meaning: "hosts that are reached without a proxy" },
    { name: "NODE_EXTRA_CA_CERTS", meaning: "file of further certificate authorities to trust" },
    { name: "SSL_CERT_FILE", meaning: "file of certificate authorities" },
    { name: "SSL_CERT_DIR", meaning: "directory of certificate authorities" },
    {
      name: "NODE_TLS_REJECT_UNAUTHORIZED",
      meaning: "0 switches certificate checks off; `doctor` warns of it",
    },
    {
      name: "GIT_INDEX_FILE",
      meaning: "set by git in its hooks: the index of the commit that is being made",
    },
    { name: "HOME", meaning: "the person's home directory" },
    { name: "USERPROFILE", meaning: "the person's home directory on Windows" },
    {
      name: "CLAUDE_CONFIG_DIR",
      meaning: "where Claude Code keeps its settings",
      fallback: "~/.claude",
    },
    { name: "GITHUB_ACTIONS", meaning: "`blame --require-attribution` marks lines in the review" },
    {
      name: "GITHUB_STEP_SUMMARY",
      meaning: "`check --format github`: file that takes the job's summary",
    },
    { name: "CODEX_HOME", meaning: "where Codex keeps its settings", fallback: "~/.codex" },
    {
      name: "XDG_CONFIG_HOME",
      meaning: "where OpenCode and Amp keep their settings",
      fallback: "~/.config",
    },
    { name: "DISPLAY", meaning: "`viewer` opens the browser only where there is a screen" },
    { name: "WAYLAND_DISPLAY", meaning: "as DISPLAY" },
    { name: "PATH", meaning: "where git is looked for" },
    { name: "PORT", meaning: "`serve`: port to listen on", fallback: "5080" },
    { name: "ADMIN_SECRET", meaning: "`serve`: admin secret; set to nothing: no admin requests" },
    { name: "BLOB_MAX_BYTES", meaning: "`serve`: largest transcript", fallback: "67108864" },
    { name: "AGENT_TRACE_GATEWAY_SECRET", meaning: "`serve`: secret of a signing reverse proxy" },
    { name: "DATABASE_URL", meaning: "`serve`: as `--database`" },
    { name: "AGENT_TRACE_BLOBS", meaning: "`serve`: as `--blobs`" },
    { name: "AWS_ACCESS_KEY_ID", meaning: "`serve`: key of the bucket in `--blobs`" },
    { name: "AWS_SECRET_ACCESS_KEY", meaning: "`serve`: secret of that key" },
    { name: "AWS_SESSION_TOKEN", meaning: "`serve`: session of that key, where it is lent" },
    { name: "AWS_REGION", meaning: "`serve`: region of the bucket", fallback: "us-east-1" },
    { name: "AWS_ENDPOINT_URL_S3", meaning: "`serve`: another S3 server than Amazon's" },
    {
      name: "AWS_WEB_IDENTITY_TOKEN_FILE",
      meaning: "`serve`: file of an identity that lends keys",
    },
    { name: "AWS_ROLE_ARN", meaning: "`serve`: role that the identity takes" },
    { name: "AWS_ENDPOINT_URL_STS", meaning: "`serve`: where the identity is shown" },
    {
      name: "AWS_CONTAINER_CREDENTIALS_FULL_URI",
      meaning: "`serve`: where a container lends keys",
    },
    {
      name: "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
      meaning: "`serve`: as the one before, by path",
    },
    {
      name: "AWS_CONTAINER_AUTHORIZATION_TOKEN",
      meaning: "`serve`: shown to who lends a container keys",
    },
    { name: "BUILD_SHA", meaning: "`serve`: the build named by /health and /api/v1/version" },
  ] as const satisfies readonly Variable[];

export type VariableName = ReturnType<typeof listVariables>[number]["name"];

/** The value of a variable of ours; the empty string counts as unset, as shells make it hard to tell. */
export function readVariable(environment: Environment, name: VariableName): string | undefined {
  const value = environment[name];
  return value === undefined || value === "" ? undefined : value;
}

/** Where everything is kept; undefined where neither its own variable nor the home directory is set. */
export function dataDirectory(environment: Environment): string | undefined {
  const own = readVariable(environment, "AGENT_TRACE_HOME");
  const home = readVariable(environment, "HOME") ?? readVariable(environment, "USERPROFILE");
  return own ?? (home === undefined ? undefined : `${home}/.agent-trace`);
}

/** Whether a switch such as `AGENT_TRACE_OFFLINE` is on. */
export function isSwitchedOn(environment: Environment, name: VariableName): boolean {
  const value = readVariable(environment, name);
  return value !== undefined && !["0", "false", "no", "off"].includes(value.toLowerCase());
}
