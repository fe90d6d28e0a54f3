import { type Provider, anyOf, anyUuid, named, uuid } from "./provider.ts";

/** Chat, mail and telephony. */
export const messages: readonly Provider[] = [
  {
    name: "Slack",
    source: "https://api.slack.com/concepts/token-types",
    formats: {
      "slack-bot-token": anyOf(
        "xoxb-{digit:10-13}-{digit:10-13}-{alnum:18-34}",
        "xoxb-{digit:10-13}-{digit:10-13}{dotted:0-}",
        "xoxb-{digit:8-14}-{alnum:18-26}",
      ),
      "slack-user-token": anyOf(
        "xoxp-{digit:10-13}-{digit:10-13}-{digit:10-13}-{url64:28-34}",
        "xoxe-{digit:10-13}-{digit:10-13}-{digit:10-13}-{url64:28-34}",
      ),
      "slack-app-token": {
        shapes: ["xapp-{digit:1}-{alnum:2-}-{digit:1-}-{alnum:4-}"],
        anyCase: true,
      },
      "slack-configuration-token": {
        shapes: ["xoxe.xoxb-{digit:1}-{alnum:163-166}", "xoxe.xoxp-{digit:1}-{alnum:163-166}"],
        anyCase: true,
      },
      "slack-refresh-token": { shapes: ["xoxe-{digit:1}-{alnum:146}"], anyCase: true },
      "slack-legacy-token": anyOf(
        "xoxo-{digit:1-}-{digit:1-}-{digit:1-}-{anyhex:8-}",
        "xoxs-{digit:1-}-{digit:1-}-{digit:1-}-{anyhex:8-}",
      ),
      "slack-workspace-token": anyOf(
        "xoxa-{digit:1}-{alnum:8-48}",
        "xoxr-{digit:1}-{alnum:8-48}",
        "xoxa-{alnum:8-48}",
        "xoxr-{alnum:8-48}",
      ),
      "slack-client-cookie": anyOf(
        "xoxd-{percent:40-}",
        "xoxc-{digit:10-13}-{digit:10-13}-{digit:10-13}-{hex:64}",
      ),
      "slack-webhook": anyOf(
        "hooks.slack.com/services/{slashed:43-56}",
        "hooks.slack.com/workflows/{slashed:43-80}",
        "hooks.slack.com/triggers/{slashed:40-80}",
        "hooks.slack.com/services/{any64:43-56}",
        "hooks.slack.com/workflows/{any64:43-56}",
        "hooks.slack.com/triggers/{any64:43-56}",
      ),
    },
  },
  {
    name: "Discord",
    source: "https://discord.com/developers/docs/reference",
    formats: {
      "discord-bot-token": anyOf(
        "M{url64:23-25}.{url64:6}.{url64:27-38}",
        "N{url64:23-25}.{url64:6}.{url64:27-38}",
        "O{url64:23-25}.{url64:6}.{url64:27-38}",
      ),
      "discord-webhook": anyOf(
        "discord.com/api/webhooks/{digit:17-20}/{url64:60-80}",
        "discordapp.com/api/webhooks/{digit:17-20}/{url64:60-80}",
      ),
      "discord-public-key": named(["discord"], "{anyhex:64}"),
      "discord-client-secret": named(["discord"], "{padded:32}"),
      "discord-client-id": named(["discord"], "{digit:18}"),
    },
  },
  {
    name: "Telegram",
    source: "https://core.telegram.org/bots/api#authorizing-your-bot",
    formats: {
      "telegram-bot-token": anyOf(
        "{digit:8}:AA{url64:33}",
        "{digit:9}:AA{url64:33}",
        "{digit:10}:AA{url64:33}",
      ),
      "telegram-bot-token-named": named(["telegr"], "{digit:5-16}:A{url64:34}"),
    },
  },
  {
    name: "Microsoft Teams",
    source: "https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/",
    formats: {
      "teams-webhook":
        "webhook.office.com/webhookb2/{lownum:8}-{lownum:4}-{lownum:4}-{lownum:4}-{lownum:12}@{lownum:8}-{lownum:4}-{lownum:4}-{lownum:4}-{lownum:12}/IncomingWebhook/{lownum:32}/{lownum:8}-{lownum:4}-{lownum:4}-{lownum:4}-{lownum:12}",
    },
  },
  {
    name: "Mattermost",
    source: "https://developers.mattermost.com/integrate/reference/personal-access-token/",
    formats: { "mattermost-token": named(["mattermost"], "{alnum:26}") },
  },
  {
    name: "Gitter",
    source: "https://developer.gitter.im/docs/authentication",
    formats: { "gitter-token": named(["gitter"], "{url64:40}") },
  },
  {
    name: "Zoom",
    source: "https://developers.zoom.us/docs/internal-apps/",
    formats: {
      "zoom-secret": named(["zoom_client_secret", "zoom_secret", "zoom_api"], "{alnum:32}"),
    },
  },
  {
    name: "Line",
    source: "https://developers.line.biz/en/docs/basics/channel-access-token/",
    formats: {
      "line-channel-token": named(
        ["line_channel", "channel_access_token"],
        "{base64:160-180}{pad:0-2}",
      ),
    },
  },
  {
    name: "Twilio",
    source: "https://www.twilio.com/docs/iam/api-keys",
    formats: {
      "twilio-key": "SK{anyhex:32}",
      "twilio-auth-token": named(["twilio"], "{hex:32}"),
    },
  },
  {
    name: "Vonage",
    source: "https://developer.vonage.com/en/concepts/guides/authentication",
    formats: { "vonage-secret": named(["vonage", "nexmo"], "{alnum:16}") },
  },
  {
    name: "MessageBird",
    source: "https://developers.messagebird.com/api/",
    formats: {
      "messagebird-key": named(["messagebird", "message-bird", "message_bird"], "{alnum:25}", uuid),
    },
  },
  {
    name: "Sendbird",
    source: "https://sendbird.com/docs/chat/platform-api/v3/prepare-to-use-api",
    formats: { "sendbird-token": named(["sendbird"], "{hex:40}", uuid) },
  },
  {
    name: "SendGrid",
    source: "https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys",
    formats: { "sendgrid-key": anyOf("SG.{padded:22}.{padded:43}", "SG.{dotpadded:66}") },
  },
  {
    name: "Mailgun",
    source: "https://documentation.mailgun.com/docs/mailgun/api-reference/mg-auth",
    formats: {
      "mailgun-key": "key-{hex:32}",
      "mailgun-public-key": "pubkey-{hex:32}",
      "mailgun-signing-key": named(["mailgun"], "{hexh:32}-{hexh:8}-{hexh:8}"),
      "mailgun-account-key": "{hex:32}-{hex:8}-{hex:8}",
    },
  },
  {
    name: "Mailchimp",
    source: "https://mailchimp.com/developer/marketing/docs/fundamentals/",
    formats: {
      "mailchimp-key": anyOf("{hex:32}-us{digit:1-2}"),
      "mandrill-key": "md-{url64:22}",
    },
  },
  {
    name: "Brevo",
    source: "https://developers.brevo.com/docs/getting-started",
    formats: {
      "brevo-key": "xkeysib-{anyhex:64}-{alnum:16}",
      "brevo-smtp-key": "xsmtpsib-{hex:64}-{alnum:16}",
    },
  },
  {
    name: "Resend",
    source: "https://resend.com/docs/api-reference/introduction",
    formats: { "resend-key": "re_{alnum:8}_{alnum:24}" },
  },
  {
    name: "Postmark",
    source: "https://postmarkapp.com/developer/api/overview",
    formats: { "postmark-token": named(["postmark", "x-postmark"], uuid) },
  },
  {
    name: "Customer.io",
    source: "https://docs.customer.io/accounts-and-workspaces/managing-credentials/",
    formats: { "customerio-key": named(["customerio", "customer_io"], "{hex:20}", "{hex:32}") },
  },
  {
    name: "Beamer",
    source: "https://www.getbeamer.com/api",
    formats: { "beamer-token": named(["beamer"], "b_{padded:44}") },
  },
  {
    name: "Intercom",
    source: "https://developers.intercom.com/docs/build-an-integration/learn-more/authentication",
    formats: { "intercom-token": named(["intercom"], "{padded:60}") },
  },
  {
    name: "Zendesk",
    source: "https://developer.zendesk.com/api-reference/introduction/security-and-auth/",
    formats: { "zendesk-token": named(["zendesk"], "{alnum:40}") },
  },
];

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
