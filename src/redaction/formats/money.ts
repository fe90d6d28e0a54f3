import { type Provider, anyOf, anyUuid, named, uuid } from "./provider.ts";

/** Payment, banks, exchanges and shops. */
export const money: readonly Provider[] = [
  {
    name: "Stripe",
    source: "https://docs.stripe.com/keys",
    formats: {
      "stripe-secret-key": anyOf(
        "sk_live_{alnum:10-247}",
        "sk_test_{alnum:10-247}",
        "sk_prod_{alnum:10-247}",
      ),
      "stripe-restricted-key": anyOf(
        "rk_live_{alnum:10-247}",
        "rk_test_{alnum:10-247}",
        "rk_prod_{alnum:10-247}",
      ),
      "stripe-webhook-secret": "whsec_{token:24-}",
    },
  },
  {
    name: "Square",
    source: "https://developer.squareup.com/docs/build-basics/access-tokens",
    formats: {
      "square-access-token": anyOf("EAAA{url64:22-60}", "sq0atp-{url64:22-60}"),
      "square-secret": "sq0csp-{url64:43}",
    },
  },
  {
    name: "PayPal",
    source: "https://developer.paypal.com/api/rest/authentication/",
    formats: {
      "braintree-access-token": "access_token$production${lownum:16}${hex:32}",
      "paypal-secret": named(["paypal"], "E{url64:79}", "{url64:80}"),
    },
  },
  {
    name: "Adyen",
    source: "https://docs.adyen.com/development-resources/api-credentials/",
    formats: { "adyen-key": "AQE{alnum:1}hm{base64:60-}{pad:0-2}" },
  },
  {
    name: "Plaid",
    source: "https://plaid.com/docs/quickstart/glossary/",
    formats: {
      "plaid-access-token": anyOf(
        `access-sandbox-${uuid}`,
        `access-development-${uuid}`,
        `access-production-${uuid}`,
      ),
      "plaid-secret": named(["plaid"], "{alnum:30}"),
      "plaid-client-id": named(["plaid"], "{alnum:24}"),
    },
  },
  {
    name: "GoCardless",
    source: "https://developer.gocardless.com/api-reference/",
    formats: {
      "gocardless-token": named(["gocardless"], "live_{padded:40}", "sandbox_{padded:40}"),
    },
  },
  {
    name: "Flutterwave",
    source: "https://developer.flutterwave.com/docs/authentication",
    formats: {
      "flutterwave-secret-key": anyOf("FLWSECK_TEST-{lownum:32}-X", "FLWSECK-{lownum:32}-X"),
      "flutterwave-public-key": anyOf("FLWPUBK_TEST-{lownum:32}-X", "FLWPUBK-{lownum:32}-X"),
      "flutterwave-encryption-key": "FLWSECK_TEST-{alnum:12}",
    },
  },
  {
    name: "Paystack",
    source: "https://paystack.com/docs/api/authentication/",
    formats: { "paystack-key": anyOf("sk_live_{hex:40}", "sk_test_{hex:40}") },
  },
  {
    name: "Razorpay",
    source: "https://razorpay.com/docs/payments/dashboard/account-settings/api-keys/",
    formats: { "razorpay-key": anyOf("rzp_live_{alnum:14}", "rzp_test_{alnum:14}") },
  },
  {
    name: "Mollie",
    source: "https://docs.mollie.com/reference/authentication",
    formats: {
      "mollie-key": named(["mollie"], "live_{alnum:30}", "test_{alnum:30}", "access_{alnum:30}"),
    },
  },
  {
    name: "Paddle",
    source: "https://developer.paddle.com/api-reference/about/api-keys",
    formats: {
      "paddle-key": anyOf(
        "pdl_live_apikey_{lownum:26}_{alnum:22}_{alnum:3}",
        "pdl_sdbx_apikey_{lownum:26}_{alnum:22}_{alnum:3}",
      ),
    },
  },
  {
    name: "Lob",
    source: "https://docs.lob.com/",
    formats: {
      "lob-key": anyOf("live_{hex:35}", "test_{hex:35}"),
      "lob-public-key": anyOf("live_pub_{hex:31}", "test_pub_{hex:31}"),
    },
  },
  {
    name: "EasyPost",
    source: "https://docs.easypost.com/docs/authentication",
    formats: { "easypost-key": "EZAK{alnum:54}", "easypost-test-key": "EZTK{alnum:54}" },
  },
  {
    name: "Shippo",
    source: "https://docs.goshippo.com/docs/guides_general/authentication/",
    formats: { "shippo-token": anyOf("shippo_live_{anyhex:40}", "shippo_test_{anyhex:40}") },
  },
  {
    name: "Duffel",
    source: "https://duffel.com/docs/api/overview/authentication",
    formats: { "duffel-token": anyOf("duffel_live_{padded:43}", "duffel_test_{padded:43}") },
  },
  {
    name: "Shopify",
    source: "https://shopify.dev/docs/apps/build/authentication-authorization",
    formats: {
      "shopify-access-token": "shpat_{anyhex:32}",
      "shopify-custom-token": "shpca_{anyhex:32}",
      "shopify-private-token": "shppa_{anyhex:32}",
      "shopify-shared-secret": "shpss_{anyhex:32}",
      "shopify-storefront-token": "shptka_{anyhex:32}",
    },
  },
  {
    name: "Etsy",
    source: "https://developers.etsy.com/documentation/essentials/authentication/",
    formats: { "etsy-key": named(["etsy"], "{alnum:24}") },
  },
  {
    name: "Squarespace",
    source: "https://developers.squarespace.com/commerce-apis/authentication-and-permissions",
    formats: { "squarespace-key": named(["squarespace"], anyUuid) },
  },
  {
    name: "FreshBooks",
    source: "https://www.freshbooks.com/api/authentication",
    formats: { "freshbooks-token": named(["freshbooks"], "{alnum:64}") },
  },
  {
    name: "Freemius",
    source: "https://freemius.com/help/documentation/",
    formats: { "freemius-key": named(["secret_key"], "sk_{value:29}") },
  },
  {
    name: "Finicity",
    source: "https://developer.mastercard.com/open-finance-us/documentation/",
    formats: { "finicity-secret": named(["finicity"], "{alnum:20}", "{anyhex:32}") },
  },
  {
    name: "Coinbase",
    source: "https://docs.cdp.coinbase.com/",
    formats: { "coinbase-token": named(["coinbase"], "{url64:64}") },
  },
  {
    name: "Binance",
    source: "https://developers.binance.com/docs/binance-spot-api-docs/rest-api",
    formats: { "binance-key": named(["binance"], "{alnum:64}") },
  },
  {
    name: "Kraken",
    source: "https://docs.kraken.com/api/",
    formats: { "kraken-key": named(["kraken"], "{token:80-90}") },
  },
  {
    name: "KuCoin",
    source: "https://www.kucoin.com/docs/basics/connection-method/authentication/",
    formats: { "kucoin-key": named(["kucoin"], "{anyhex:24}", anyUuid) },
  },
  {
    name: "Bittrex",
    source: "https://bittrex.github.io/api/v3",
    formats: { "bittrex-key": named(["bittrex"], "{alnum:32}") },
  },
  {
    name: "Finnhub",
    source: "https://finnhub.io/docs/api/authentication",
    formats: { "finnhub-token": named(["finnhub"], "{alnum:20}", "{alnum:40}") },
  },
];
