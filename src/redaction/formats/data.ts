import { type Provider, anyOf, named, uuid } from "./provider.ts";

/** Databases, streams, search and contents. */
export const data: readonly Provider[] = [
  {
    name: "PlanetScale",
    source: "https://planetscale.com/docs/concepts/service-tokens",
    formats: {
      "planetscale-password": { shapes: ["pscale_pw_{dotpadded:32-64}"], anyCase: true },
      "planetscale-token": "pscale_tkn_{dotpadded:32-64}",
      "planetscale-oauth-token": "pscale_oauth_{dotpadded:32-64}",
    },
  },
  {
    name: "Supabase",
    source: "https://supabase.com/docs/guides/api/api-keys",
    formats: {
      "supabase-access-token": "sbp_{hex:40}",
      "supabase-secret-key": "sb_secret_{url64:31-}",
    },
  },
  {
    name: "Neon",
    source: "https://neon.com/docs/manage/api-keys",
    formats: { "neon-key": "napi_{lownum:64}", "neon-password": "npg_{alnum:12-16}" },
  },
  {
    name: "Upstash",
    source: "https://upstash.com/docs/redis/features/restapi",
    formats: { "upstash-token": named(["upstash"], "{any64:40-}{pad:0-2}") },
  },
  {
    name: "MongoDB Atlas",
    source: "https://www.mongodb.com/docs/atlas/configure-api-access/",
    formats: {
      "mongodb-service-secret": "mdb_sa_sk_{url64:40}",
      "mongodb-private-key": named(["mongodb_atlas", "mcli_private", "atlas_private"], uuid),
    },
  },
  {
    name: "ClickHouse Cloud",
    source: "https://clickhouse.com/docs/cloud/manage/openapi",
    formats: { "clickhouse-secret": "4b1d{alnum:38}" },
  },
  {
    name: "Confluent",
    source:
      "https://docs.confluent.io/cloud/current/security/authenticate/workload-identities/service-accounts/api-keys/overview.html",
    formats: {
      "confluent-key": named(["confluent"], "{alnum:16}"),
      "confluent-secret": named(["confluent"], "{alnum:64}", "{base64:64}"),
    },
  },
  {
    name: "Aiven",
    source: "https://aiven.io/docs/platform/howto/create_authentication_token",
    formats: {
      "aiven-password": "AVNS_{url64:19}",
      "aiven-token": "aivenv1_{any64:60-}{pad:0-2}",
    },
  },
  {
    name: "Algolia",
    source: "https://www.algolia.com/doc/guides/security/api-keys/",
    formats: { "algolia-key": named(["algolia"], "{alnum:32}") },
  },
  {
    name: "Airtable",
    source: "https://airtable.com/developers/web/api/authentication",
    formats: {
      "airtable-token": "pat{alnum:14}.{hex:64}",
      "airtable-key-old": named(["airtable"], "{alnum:17}"),
    },
  },
  {
    name: "Contentful",
    source: "https://www.contentful.com/developers/docs/references/authentication/",
    formats: {
      "contentful-personal-token": "CFPAT-{url64:43}",
      "contentful-delivery-token": named(["contentful"], "{padded:43}"),
    },
  },
  {
    name: "Sanity",
    source: "https://www.sanity.io/docs/content-lake/http-auth",
    formats: { "sanity-token": named(["sanity"], "sk{alnum:80-}") },
  },
  {
    name: "Looker",
    source: "https://cloud.google.com/looker/docs/api-auth",
    formats: {
      "looker-client-id": named(["looker"], "{alnum:20}"),
      "looker-client-secret": named(["looker"], "{alnum:24}"),
    },
  },
  {
    name: "MaxMind",
    source: "https://support.maxmind.com/hc/en-us/articles/4407111582235",
    formats: { "maxmind-key": "{alnum:6}_{alnum:29}_mmk" },
  },
  {
    name: "Mapbox",
    source: "https://docs.mapbox.com/help/dive-deeper/access-tokens/",
    formats: {
      "mapbox-secret-token": "sk.{url64:60-}.{url64:22}",
      "mapbox-public-token": named(["mapbox"], "pk.{alnum:60}.{alnum:22}"),
    },
  },
  {
    name: "SettleMint",
    source: "https://console.settlemint.com/documentation/",
    formats: {
      "settlemint-token": anyOf("sm_aat_{alnum:16}", "sm_pat_{alnum:16}", "sm_sat_{alnum:16}"),
    },
  },
];
