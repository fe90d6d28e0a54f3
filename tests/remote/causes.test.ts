import { expect, test } from "bun:test";
import { bypassesProxy, causeOf } from "../../src/remote/causes.ts";

const failed = (fields: object): Error =>
  Object.assign(new Error("GET https://user:secret@host/ failed"), fields);

test.each([
  ["ECONNREFUSED", "connection refused"],
  ["ENOTFOUND", "no such host"],
  ["ECONNRESET", "the connection was cut"],
  ["ETIMEDOUT", "it did not answer in time"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "its certificate is not trusted"],
  ["SELF_SIGNED_CERT_IN_CHAIN", "its certificate is not trusted"],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "its certificate is not trusted"],
  ["CERT_HAS_EXPIRED", "its certificate has expired"],
  ["EPROTO", "it does not speak TLS there"],
  ["ERR_PROXY_TUNNEL", "the proxy did not let the request through"],
  ["UnsupportedProxyProtocol", "the proxy is of a kind that is not supported"],
  ["constructor", "the request failed on its way"],
  ["EWHATEVER", "the request failed on its way"],
])("%s becomes a sentence, on the error or on its cause", (code, phrase) => {
  expect(causeOf(failed({ code })).phrase).toBe(phrase);
  expect(causeOf(failed({ cause: failed({ code }) })).phrase).toBe(phrase);
});

test("an untrusted certificate names the variable to set, and is not tried again", () => {
  const { hint, final } = causeOf(failed({ code: "SELF_SIGNED_CERT_IN_CHAIN" }));
  expect({ final, named: hint?.includes("`NODE_EXTRA_CA_CERTS`") }).toEqual({
    final: true,
    named: true,
  });
});

test("an error that is its own cause ends", () => {
  const error = failed({});
  error.cause = error;
  expect(causeOf(error).phrase).toBe("the request failed on its way");
});

test.each([
  ["http://127.0.0.1:5080", true],
  ["http://localhost", true],
  ["http://[::1]:1", true],
  ["https://traces.example.com", false],
  ["http://127.example.com", false],
])("%s goes past the proxy: %p", (url, expected) => {
  expect(bypassesProxy(url)).toBe(expected);
});
