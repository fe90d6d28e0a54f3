import { type Provider, anyOf, named, uuid } from "./provider.ts";

/** Work and social services, and secrets that belong to no provider. */
export const people: readonly Provider[] = [
  {
    name: "Notion",
    source: "https://developers.notion.com/reference/authentication",
    formats: {
      "notion-token": "ntn_{digit:11}{alnum:35}",
      "notion-secret": "secret_{alnum:43}",
    },
  },
  {
    name: "Linear",
    source: "https://linear.app/developers/graphql",
    formats: {
      "linear-key": anyOf("lin_api_{alnum:40}", "lin_oauth_{alnum:64}"),
      "linear-client-secret": named(["linear"], "{anyhex:32}"),
      "linear-webhook-secret": "lin_wh_{alnum:20-}",
    },
  },
  {
    name: "Asana",
    source: "https://developers.asana.com/docs/personal-access-token",
    formats: {
      "asana-token": anyOf(
        "{digit:1}/{digit:16}:{hex:32}",
        "{digit:1}/{digit:16}/{digit:16}:{hex:32}",
      ),
      "asana-client-id": named(["asana"], "{digit:16}"),
      "asana-client-secret": named(["asana"], "{alnum:32}"),
    },
  },
  {
    name: "ClickUp",
    source: "https://developer.clickup.com/docs/authentication",
    formats: { "clickup-token": "pk_{digit:7-9}_{upnum:32}" },
  },
  {
    name: "Typeform",
    source: "https://www.typeform.com/developers/get-started/personal-access-token/",
    formats: { "typeform-token": "tfp_{dotpadded:40-59}" },
  },
  {
    name: "HubSpot",
    source: "https://developers.hubspot.com/docs/guides/apps/authentication/intro-to-auth",
    formats: {
      "hubspot-private-app-token": anyOf(`pat-na1-${uuid}`, `pat-na2-${uuid}`, `pat-eu1-${uuid}`),
      "hubspot-key": named(["hubspot"], "{anyhex:8}-{anyhex:4}-{anyhex:4}-{anyhex:4}-{anyhex:12}"),
    },
  },
  {
    name: "Salesforce",
    source: "https://help.salesforce.com/s/articleView?id=sf.remoteaccess_oauth_tokens_scopes.htm",
    formats: { "salesforce-token": "00D{alnum:12-15}!{dotted:80-120}" },
  },
  {
    name: "Dropbox",
    source: "https://www.dropbox.com/developers/documentation/http/documentation",
    formats: {
      "dropbox-short-token": anyOf("sl.{padded:130-}", "sl.u.{padded:130-}"),
      "dropbox-secret": named(["dropbox"], "{alnum:15}"),
      "dropbox-long-token": named(["dropbox"], "{alnum:11}AAAAAAAAAA{padded:43}"),
    },
  },
  {
    name: "Adobe",
    source: "https://developer.adobe.com/developer-console/docs/guides/authentication/",
    formats: {
      "adobe-client-secret": "p8e-{alnum:32}",
      "adobe-client-id": named(["adobe"], "{anyhex:32}"),
    },
  },
  {
    name: "Adafruit",
    source: "https://io.adafruit.com/api/docs/",
    formats: {
      "adafruit-key": "aio_{alnum:28}",
      "adafruit-key-old": named(["adafruit"], "{url64:32}"),
    },
  },
  {
    name: "Facebook",
    source: "https://developers.facebook.com/docs/facebook-login/guides/access-tokens/",
    formats: {
      "facebook-access-token": anyOf("EAA{alnum:1}{alnum:100-}"),
      "facebook-app-token": anyOf("{digit:15}|{url64:27-40}", "{digit:16}|{url64:27-40}"),
      "facebook-secret": named(["facebook", "fb_app_secret", "fb_secret"], "{anyhex:32}"),
    },
  },
  {
    name: "Instagram",
    source: "https://developers.facebook.com/docs/instagram-platform/",
    formats: { "instagram-token": "IGQV{url64:100-}", "instagram-graph-token": "IGAA{url64:100-}" },
  },
  {
    name: "X (Twitter)",
    source: "https://docs.x.com/fundamentals/authentication/overview",
    formats: {
      "twitter-bearer-token": "AAAAAAAAAAAAAAAAAAAAAA{percent:80-100}",
      "twitter-access-token": named(["twitter", "x_access"], "{digit:15-25}-{alnum:20-40}"),
      "twitter-key": named(["twitter"], "{alnum:25}"),
      "twitter-secret": named(["twitter"], "{alnum:45}", "{alnum:50}"),
    },
  },
  {
    name: "LinkedIn",
    source: "https://learn.microsoft.com/en-us/linkedin/shared/authentication/authentication",
    formats: {
      "linkedin-secret": named(
        ["linkedin", "linked_in", "linked-in"],
        "{alnum:16}",
        "WPL_AP1.{alnum:16}.{alnum:6}==",
      ),
      "linkedin-client-id": named(["linkedin", "linked_in", "linked-in"], "{alnum:14}"),
    },
  },
  {
    name: "Twitch",
    source: "https://dev.twitch.tv/docs/authentication/",
    formats: {
      "twitch-token": named(["twitch"], "{alnum:30}"),
      "twitch-chat-token": "oauth:{lownum:30}",
    },
  },
  {
    name: "Spotify",
    source: "https://developer.spotify.com/documentation/web-api/concepts/authorization",
    formats: { "spotify-secret": named(["spotify"], "{hex:32}") },
  },
  {
    name: "Flickr",
    source: "https://www.flickr.com/services/api/",
    formats: { "flickr-key": named(["flickr"], "{alnum:32}") },
  },
  {
    name: "The New York Times",
    source: "https://developer.nytimes.com/get-started",
    formats: { "nytimes-key": named(["nytimes", "new-york-times", "newyorktimes"], "{padded:32}") },
  },
  {
    name: "OpenWeather",
    source: "https://openweathermap.org/appid",
    formats: { "openweather-key": named(["openweather", "owm_api", "appid"], "{hex:32}") },
  },
  {
    name: "JSON Web Tokens",
    source: "https://www.rfc-editor.org/rfc/rfc7519",
    formats: {
      jwt: anyOf(
        "eyJ{any64:14-}.eyJ{any64:14-}.{any64:10-}",
        "eyJ{any64:14-}.ey{any64:16-}.{any64:0-}",
        "ey{any64:16-}.ey{any64:16-}.{any64:10-}",
      ),
      "jwt-encrypted": "eyJ{url64:14-}.{url64:0-}.{url64:10-}.{url64:10-}.{url64:16-}",
      "jwt-in-base64": "ZXlK{any64:40-}{pad:0-2}",
    },
  },
  {
    name: "Session cookies",
    source: "https://www.rfc-editor.org/rfc/rfc6265",
    formats: {
      "session-cookie": {
        shapes: [
          "connect.sid=s%3A{percent:30-}",
          "connect.sid=s:{dotted:30-}",
          "PHPSESSID={lownum:26-40}",
          "JSESSIONID={HEX:32}",
          "laravel_session=eyJ{percent:60-}",
          "ASP.NET_SessionId={lownum:24}",
          ".AspNetCore.Cookies={url64:60-}",
          "sessionid={lownum:32}",
          "next-auth.session-token={dotted:36-}",
          "authjs.session-token={dotted:36-}",
          "wordpress_logged_in_{hex:32}={percent:30-}",
        ],
        anyCase: true,
      },
    },
  },
  {
    name: "Password hashes",
    source: "https://man7.org/linux/man-pages/man5/crypt.5.html",
    formats: {
      "password-hash": anyOf(
        "$2a${digit:2}${crypt:53}",
        "$2b${digit:2}${crypt:53}",
        "$2y${digit:2}${crypt:53}",
        "$6${crypt:8-16}${crypt:86}",
        "$5${crypt:8-16}${crypt:43}",
        "$y$j9T${crypt:22}${crypt:43}",
        "$argon2id$v=19$m={digit:2-7},t={digit:1-3},p={digit:1-3}${base64:11-}${base64:22-}",
      ),
    },
  },
  {
    name: "PuTTY",
    source: "https://the.earth.li/~sgtatham/putty/latest/htmldoc/AppendixC.html",
    formats: { "putty-mac": named(["private-mac"], "{hex:40}", "{hex:64}") },
  },
];
