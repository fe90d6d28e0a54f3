import { type Provider, anyOf, named, uuid } from "./provider.ts";

/** Builds, deployment and what developers use beside them. */
export const builds: readonly Provider[] = [
  {
    name: "CircleCI",
    source: "https://circleci.com/docs/managing-api-tokens/",
    formats: {
      "circleci-token": anyOf("CCIPAT_{alnum:22}_{hex:40}", "CCIPRJ_{alnum:22}_{hex:40}"),
      "circleci-token-old": named(["circleci", "circle_token", "circle-token"], "{hex:40}"),
    },
  },
  {
    name: "Travis CI",
    source: "https://docs.travis-ci.com/user/triggering-builds/",
    formats: { "travis-token": named(["travis"], "{alnum:22}") },
  },
  {
    name: "Buildkite",
    source: "https://buildkite.com/docs/apis/managing-api-tokens",
    formats: {
      "buildkite-token": anyOf("bkua_{hex:40}", "bkat_{hex:64}", "bkaj_{url64:60-}"),
      "buildkite-agent-token": "bkct_{url64:40-70}",
    },
  },
  {
    name: "Drone",
    source: "https://docs.drone.io/cli/configure/",
    formats: { "drone-token": named(["droneci", "drone_token", "drone_server"], "{alnum:32}") },
  },
  {
    name: "Jenkins",
    source:
      "https://www.jenkins.io/doc/book/system-administration/authenticating-scripted-clients/",
    formats: { "jenkins-token": named(["jenkins"], "11{hex:32}", "{hex:32}") },
  },
  {
    name: "Codecov",
    source: "https://docs.codecov.com/docs/codecov-tokens",
    formats: { "codecov-token": named(["codecov"], uuid, "{alnum:32}") },
  },
  {
    name: "Coveralls",
    source: "https://docs.coveralls.io/api-introduction",
    formats: { "coveralls-token": named(["coveralls"], "{alnum:33}") },
  },
  {
    name: "SonarQube",
    source: "https://docs.sonarsource.com/sonarqube-server/user-guide/managing-tokens/",
    formats: {
      "sonar-token": anyOf("squ_{hex:40}", "sqp_{hex:40}", "sqa_{hex:40}"),
      "sonar-token-old": named(
        ["sonar"],
        "{padded:40}",
        "squ_{padded:40}",
        "sqp_{padded:40}",
        "sqa_{padded:40}",
      ),
    },
  },
  {
    name: "Snyk",
    source: "https://docs.snyk.io/snyk-api/authentication-for-api",
    formats: {
      "snyk-token": named(["snyk"], uuid),
      "snyk-service-token": `snyk_uat.{alnum:8}.{any64:40-}`,
    },
  },
  {
    name: "Octopus Deploy",
    source: "https://octopus.com/docs/octopus-rest-api/how-to-create-an-api-key",
    formats: { "octopus-key": "API-{upnum:26}" },
  },
  {
    name: "Harness",
    source: "https://developer.harness.io/docs/platform/automation/api/add-and-manage-api-keys/",
    formats: {
      "harness-key": anyOf(
        "pat.{url64:22}.{alnum:24}.{alnum:20}",
        "sat.{url64:22}.{alnum:24}.{alnum:20}",
      ),
    },
  },
  {
    name: "Prefect",
    source: "https://docs.prefect.io/v3/how-to-guides/cloud/manage-users/api-keys",
    formats: { "prefect-key": anyOf("pnu_{alnum:36}", "pnb_{alnum:36}") },
  },
  {
    name: "Postman",
    source: "https://learning.postman.com/docs/developer/postman-api/authentication/",
    formats: {
      "postman-key": "PMAK-{anyhex:24}-{anyhex:34}",
      "postman-collection-key": "PMAT-{upnum:26}",
    },
  },
  {
    name: "ReadMe",
    source: "https://docs.readme.com/main/reference/intro-to-the-readme-api",
    formats: { "readme-key": "rdme_{lownum:70}" },
  },
  {
    name: "RapidAPI",
    source: "https://docs.rapidapi.com/docs/keys",
    formats: {
      "rapidapi-key": named(["rapidapi"], "{url64:50}"),
    },
  },
  {
    name: "LaunchDarkly",
    source: "https://launchdarkly.com/docs/home/account/api",
    formats: {
      "launchdarkly-key": anyOf(`api-${uuid}`, `sdk-${uuid}`, `mob-${uuid}`),
      "launchdarkly-key-old": named(["launchdarkly"], "{padded:40}"),
    },
  },
  {
    name: "Frame.io",
    source: "https://developer.frame.io/docs/getting-started/authentication",
    formats: { "frameio-token": "fio-u-{padded:64}" },
  },
  {
    name: "42 Intra",
    source: "https://api.intra.42.fr/apidoc",
    formats: { "intra42-secret": anyOf("s-s4t2ud-{hex:64}", "s-s4t2af-{hex:64}") },
  },
  {
    name: "Figma",
    source: "https://www.figma.com/developers/api#access-tokens",
    formats: { "figma-token": anyOf("figd_{url64:40}", "figu_{url64:40}", "figo_{url64:40}") },
  },
];
