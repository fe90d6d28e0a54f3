import { type Provider, anyOf, named, uuid } from "./provider.ts";

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
