import { type Provider, anyOf, checked, named, uuid } from "./provider.ts";

/** Code hosts and package registries. */
export const codeHosts: readonly Provider[] = [
  {
    name: "GitHub",
    source:
      "https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github",
    formats: {
      "github-personal-token": checked("ghp_{alnum:36}"),
      "github-oauth-token": checked("gho_{alnum:36}"),
      "github-user-token": checked("ghu_{alnum:36}"),
      "github-installation-token": checked("ghs_{alnum:36}"),
      "github-refresh-token": anyOf("ghr_{alnum:36}", "ghr_{alnum:76}"),
      "github-fine-grained-token": anyOf(
        "github_pat_{word:82}",
        "github_pat_{alnum:22}_{alnum:59}",
      ),
      "github-old-token": named(
        ["github_token", "gh_token", "github_pat", "github_oauth"],
        "{hex:40}",
      ),
    },
  },
  {
    name: "GitLab",
    source: "https://docs.gitlab.com/security/tokens/",
    formats: {
      "gitlab-personal-token": anyOf(
        "glpat-{url64:27-300}.{lownum:2}{lownum:7}",
        "glpat-{url64:20}",
        "glpat-{url64:27-300}.{lownum:2}.{lownum:9}",
      ),
      "gitlab-pipeline-trigger-token": "glptt-{hex:40}",
      "gitlab-runner-registration-token": "GR1348941{url64:20}",
      "gitlab-runner-token": anyOf(
        "glrt-t{digit:1}_{url64:27-300}.{lownum:2}{lownum:7}",
        "glrt-{url64:20}",
      ),
      "gitlab-ci-job-token": "glcbt-{alnum:1-5}_{url64:20}",
      "gitlab-deploy-token": "gldt-{url64:20}",
      "gitlab-feed-token": "glft-{url64:20}",
      "gitlab-feature-flags-token": "glffct-{url64:20}",
      "gitlab-incoming-mail-token": "glimt-{url64:25}",
      "gitlab-agent-token": "glagent-{url64:50}",
      "gitlab-oauth-secret": "gloas-{url64:64}",
      "gitlab-scim-token": "glsoat-{url64:20}",
      "gitlab-session-cookie": "_gitlab_session={lownum:32}",
    },
  },
  {
    name: "Bitbucket",
    source: "https://support.atlassian.com/bitbucket-cloud/docs/app-passwords/",
    formats: {
      "bitbucket-app-password": "ATBB{alnum:24}{anyhex:8}",
      "bitbucket-client-id": named(["bitbucket"], "{alnum:32}"),
      "bitbucket-client-secret": named(["bitbucket"], "{padded:64}"),
      "bitbucket-access-token": "ATCTT3{padded:180-200}",
    },
  },
  {
    name: "Atlassian",
    source:
      "https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/",
    formats: {
      "atlassian-token": "ATATT3{padded:186}",
      "atlassian-token-old": named(["atlassian", "confluence", "jira"], "{alnum:20}{anyhex:4}"),
    },
  },
  {
    name: "Gitea",
    source: "https://docs.gitea.com/development/api-usage",
    formats: { "gitea-token": named(["gitea", "forgejo", "codeberg"], "{hex:40}") },
  },
  {
    name: "Sourcegraph",
    source: "https://sourcegraph.com/docs/cli/how-tos/creating_an_access_token",
    formats: {
      "sourcegraph-token": anyOf(
        "sgp_{anyhex:16}_{anyhex:40}",
        "sgp_local_{anyhex:40}",
        "sgp_{anyhex:40}",
        "sgd_{anyhex:40}",
      ),
      "sourcegraph-token-old": named(["sourcegraph"], "{anyhex:40}"),
      "sourcegraph-cody-token": "slk_{anyhex:64}",
    },
  },
  {
    name: "npm",
    source: "https://docs.npmjs.com/about-access-tokens",
    formats: {
      "npm-token": checked("npm_{alnum:36}"),
      "npm-token-old": named(["_authtoken", "npm_token"], uuid),
      "npm-registry-password": named(["_auth", "_password"], "{base64:20-}{pad:0-2}"),
    },
  },
  {
    name: "PyPI",
    source: "https://pypi.org/help/#apitoken",
    formats: {
      "pypi-token": anyOf(
        "pypi-AgEIcHlwaS5vcmc{url64:50-1000}",
        "pypi-AgENdGVzdC5weXBpLm9yZw{url64:50-1000}",
      ),
    },
  },
  {
    name: "RubyGems",
    source: "https://guides.rubygems.org/api-key-scopes/",
    formats: { "rubygems-key": "rubygems_{hex:48}" },
  },
  {
    name: "Sidekiq Enterprise",
    source: "https://github.com/sidekiq/sidekiq/wiki/Commercial-FAQ",
    formats: {
      "sidekiq-credentials": named(
        ["bundle_enterprise__contribsys__com", "bundle_gems__contribsys__com"],
        "{hex:8}:{hex:8}",
      ),
    },
  },
  {
    name: "crates.io",
    source: "https://doc.rust-lang.org/cargo/reference/registry-authentication.html",
    formats: { "crates-token": "cio{alnum:32}" },
  },
  {
    name: "NuGet",
    source: "https://learn.microsoft.com/en-us/nuget/nuget-org/publish-a-package",
    formats: {
      "nuget-key": "oy2{lownum:43}",
      "nuget-source-password": anyOf(
        'add key="ClearTextPassword" value="{value:8-}',
        'add key="Password" value="{value:8-}',
      ),
    },
  },
  {
    name: "Clojars",
    source: "https://github.com/clojars/clojars-web/wiki/Deploy-Tokens",
    formats: { "clojars-token": { shapes: ["CLOJARS_{alnum:60}"], anyCase: true } },
  },
  {
    name: "Hex",
    source: "https://hex.pm/docs/publish",
    formats: { "hex-key": named(["hex_api_key"], "{hex:32}") },
  },
  {
    name: "Packagist",
    source: "https://packagist.com/docs/authentication",
    formats: {
      "packagist-token": anyOf(
        "packagist_ort_{hex:68}",
        "packagist_out_{hex:68}",
        "packagist_uut_{hex:68}",
      ),
    },
  },
  {
    name: "Docker",
    source: "https://docs.docker.com/security/access-tokens/",
    formats: {
      "docker-personal-token": "dckr_pat_{url64:27}",
      "docker-organization-token": "dckr_oat_{url64:27-36}",
      "docker-swarm-token": "SWMTKN-1-{lownum:50}-{lownum:25}",
      "docker-swarm-unlock-key": "SWMKEY-1-{any64:43}",
      "docker-config-auth": named(["auth"], "{base64:24-}{pad:1-2}"),
    },
  },
  {
    name: "Artifactory",
    source: "https://jfrog.com/help/r/jfrog-platform-administration-documentation/access-tokens",
    formats: {
      "artifactory-api-key": "AKCp{alnum:69}",
      "artifactory-reference-token": "cmVmd{alnum:59}",
      "jfrog-api-key": named(["jfrog", "artifactory", "bintray", "xray"], "{alnum:73}"),
      "jfrog-identity-token": named(["jfrog", "artifactory", "bintray", "xray"], "{alnum:64}"),
    },
  },
  {
    name: "Cloudsmith",
    source: "https://help.cloudsmith.io/docs/api-key",
    formats: { "cloudsmith-key": named(["cloudsmith"], "{hex:40}") },
  },
];
