import { type Provider, anyOf, anyUuid, named, uuid } from "./provider.ts";

/** Monitoring, secrets managers and identity. */
export const operations: readonly Provider[] = [
  {
    name: "Datadog",
    source: "https://docs.datadoghq.com/account_management/api-app-keys/",
    formats: {
      "datadog-key": named(
        ["datadog", "dd_api", "dd-api", "dd_app", "dd-application"],
        "{hex:32}",
        "{alnum:40}",
      ),
      "datadog-client-token": "pub{hex:32}",
    },
  },
  {
    name: "New Relic",
    source: "https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/",
    formats: {
      "newrelic-user-key": { shapes: ["NRAK-{alnum:27}"], anyCase: true },
      "newrelic-insert-key": { shapes: ["NRII-{url64:32}"], anyCase: true },
      "newrelic-browser-key": { shapes: ["NRJS-{anyhex:19}"], anyCase: true },
      "newrelic-license-key": "{hex:36}NRAL",
      "newrelic-query-key": "NRIQ-{url64:32}",
      "newrelic-user-id": named(["new-relic", "newrelic", "new_relic"], "{alnum:64}"),
    },
  },
  {
    name: "Sentry",
    source: "https://docs.sentry.io/account/auth-tokens/",
    formats: {
      "sentry-organization-token": "sntrys_{base64:20-}{pad:0-2}_{base64:43}",
      "sentry-user-token": "sntryu_{hex:64}",
      "sentry-token-old": named(["sentry"], "{anyhex:64}"),
      "sentry-dsn-secret": "https://{hex:32}:{hex:32}@sentry",
    },
  },
  {
    name: "Grafana",
    source: "https://grafana.com/docs/grafana/latest/administration/service-accounts/",
    formats: {
      "grafana-service-token": { shapes: ["glsa_{alnum:32}_{anyhex:8}"], anyCase: true },
      "grafana-cloud-token": { shapes: ["glc_{base64:32-400}{pad:0-3}"], anyCase: true },
      "grafana-api-key": { shapes: ["eyJrIjoi{alnum:70-400}{pad:0-3}"], anyCase: true },
    },
  },
  {
    name: "Dynatrace",
    source:
      "https://docs.dynatrace.com/docs/discover-dynatrace/references/dynatrace-api/basics/dynatrace-api-authentication",
    formats: {
      "dynatrace-token": anyOf(
        "dt0c01.{alnum:24}.{alnum:64}",
        "dt0s01.{alnum:24}.{alnum:64}",
        "dt0s02.{alnum:8}.{alnum:64}",
        "dt0s16.{alnum:8}.{alnum:64}",
      ),
    },
  },
  {
    name: "Sumo Logic",
    source: "https://help.sumologic.com/docs/manage/security/access-keys/",
    formats: {
      "sumologic-access-id": named(["sumo"], "su{alnum:12}"),
      "sumologic-access-key": named(["sumo"], "{alnum:64}"),
    },
  },
  {
    name: "Honeycomb",
    source: "https://docs.honeycomb.io/configure/environments/manage-api-keys/",
    formats: {
      "honeycomb-key": anyOf("hcaik_{lownum:58}", "hcalk_{lownum:58}", "hcamk_{lownum:58}"),
      "honeycomb-key-old": named(["honeycomb", "x-honeycomb-team"], "{alnum:22}", "{hex:32}"),
    },
  },
  {
    name: "PagerDuty",
    source: "https://support.pagerduty.com/main/docs/api-access-keys",
    formats: {
      "pagerduty-key": named(
        ["pagerduty", "pager_duty", "pd_token"],
        "{url64:20}",
        "u+{url64:18}",
        "{hex:32}",
      ),
    },
  },
  {
    name: "Opsgenie",
    source: "https://support.atlassian.com/opsgenie/docs/api-key-management/",
    formats: { "opsgenie-key": named(["opsgenie"], uuid) },
  },
  {
    name: "Rollbar",
    source: "https://docs.rollbar.com/docs/access-tokens",
    formats: { "rollbar-token": named(["rollbar"], "{hex:32}", "{hex:128}") },
  },
  {
    name: "Bugsnag",
    source: "https://docs.bugsnag.com/api/data-access/",
    formats: { "bugsnag-key": named(["bugsnag"], "{hex:32}", uuid) },
  },
  {
    name: "Logz.io",
    source: "https://docs.logz.io/docs/user-guide/admin/authentication-tokens/",
    formats: { "logzio-token": named(["logzio", "logz_io"], "{letter:32}") },
  },
  {
    name: "Axiom",
    source: "https://axiom.co/docs/reference/tokens",
    formats: { "axiom-token": anyOf(`xaat-${uuid}`, `xapt-${uuid}`) },
  },
  {
    name: "Better Stack",
    source: "https://betterstack.com/docs/",
    formats: {
      "betterstack-token": named(["betterstack", "logtail", "better_stack"], "{alnum:24}"),
    },
  },
  {
    name: "Splunk",
    source: "https://docs.splunk.com/Documentation/Splunk/latest/Data/UsetheHTTPEventCollector",
    formats: { "splunk-token": named(["splunk"], anyUuid) },
  },
  {
    name: "Elastic",
    source: "https://www.elastic.co/docs/deploy-manage/api-keys",
    formats: {
      "elastic-key": named(
        ["elastic", "apikey"],
        "{any64:56-60}{pad:0-2}",
        "essu_{any64:40-}{pad:0-2}",
      ),
    },
  },
  {
    name: "PostHog",
    source: "https://posthog.com/docs/api",
    formats: { "posthog-personal-key": anyOf("phx_{alnum:43-50}", "phs_{alnum:43-50}") },
  },
  {
    name: "Amplitude and Mixpanel",
    source: "https://amplitude.com/docs/apis/authentication",
    formats: { "analytics-secret": named(["amplitude", "mixpanel"], "{hex:32}") },
  },
  {
    name: "Segment",
    source: "https://segment.com/docs/api/public-api/",
    formats: { "segment-token": "sgp_{alnum:64}" },
  },
  {
    name: "Vault",
    source: "https://developer.hashicorp.com/vault/docs/concepts/tokens",
    formats: {
      "vault-service-token": "hvs.{url64:24-120}",
      "vault-batch-token": "hvb.{url64:100-300}",
      "vault-recovery-token": "hvr.{url64:24-120}",
      "vault-token-old": "s.{alnum:24}",
    },
  },
  {
    name: "Doppler",
    source: "https://docs.doppler.com/docs/service-tokens",
    formats: {
      "doppler-personal-token": "dp.pt.{alnum:43}",
      "doppler-service-token": anyOf("dp.st.{lowword:2-35}.{alnum:40-44}", "dp.st.{alnum:40-44}"),
      "doppler-cli-token": "dp.ct.{alnum:40-44}",
      "doppler-account-token": anyOf(
        "dp.sa.{alnum:40-44}",
        "dp.scim.{alnum:40-44}",
        "dp.audit.{alnum:40-44}",
      ),
    },
  },
  {
    name: "1Password",
    source: "https://developer.1password.com/docs/service-accounts/",
    formats: {
      "onepassword-service-token": "ops_eyJ{base64:250-}{pad:0-3}",
      "onepassword-secret-key": anyOf(
        "A3-{upnum:6}-{upnum:11}-{upnum:5}-{upnum:5}-{upnum:5}",
        "A3-{upnum:6}-{upnum:6}-{upnum:5}-{upnum:5}-{upnum:5}-{upnum:5}",
      ),
    },
  },
  {
    name: "Bitwarden",
    source: "https://bitwarden.com/help/access-tokens/",
    formats: { "bitwarden-access-token": `0.${uuid}.{alnum:30}:{base64:22}==` },
  },
  {
    name: "Infisical",
    source: "https://infisical.com/docs/documentation/platform/token",
    formats: { "infisical-token": "st.{hex:24}.{hex:32}.{hex:32}" },
  },
  {
    name: "age",
    source: "https://github.com/FiloSottile/age",
    formats: { "age-secret-key": "AGE-SECRET-KEY-1{bech32:58}" },
  },
  {
    name: "Okta",
    source: "https://developer.okta.com/docs/guides/create-an-api-token/main/",
    formats: { "okta-token": named(["okta", "ssws"], "00{padded:40}") },
  },
  {
    name: "Auth0",
    source: "https://auth0.com/docs/get-started/applications/application-settings",
    formats: { "auth0-client-secret": named(["auth0"], "{url64:64}") },
  },
  {
    name: "Clerk",
    source: "https://clerk.com/docs/guides/development/clerk-environment-variables",
    formats: { "clerk-secret-key": anyOf("sk_live_{alnum:40-50}", "sk_test_{alnum:40-50}") },
  },
  {
    name: "Authress",
    source: "https://authress.io/knowledge-base/",
    formats: {
      "authress-key": anyOf(
        "sc_{alnum:5-30}.{alnum:4-6}.acc_{url64:10-32}.{token:30-120}",
        "sc_{alnum:5-30}.{alnum:4-6}.acc-{url64:10-32}.{token:30-120}",
        "ext_{alnum:5-30}.{alnum:4-6}.acc_{url64:10-32}.{token:30-120}",
        "ext_{alnum:5-30}.{alnum:4-6}.acc-{url64:10-32}.{token:30-120}",
        "scauth_{alnum:5-30}.{alnum:4-6}.acc_{url64:10-32}.{token:30-120}",
        "scauth_{alnum:5-30}.{alnum:4-6}.acc-{url64:10-32}.{token:30-120}",
        "authress_{alnum:5-30}.{alnum:4-6}.acc_{url64:10-32}.{token:30-120}",
        "authress_{alnum:5-30}.{alnum:4-6}.acc-{url64:10-32}.{token:30-120}",
      ),
    },
  },
];
