import { type Provider, anyOf, anyUuid, named, uuid } from "./provider.ts";

/** Clouds, hosting, networks. */
export const clouds: readonly Provider[] = [
  {
    name: "Amazon Web Services",
    source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html",
    formats: {
      "aws-access-key-id": anyOf(
        "AKIA{base32:16}",
        "ASIA{base32:16}",
        "ABIA{base32:16}",
        "ACCA{base32:16}",
        "A3T{upnum:1}{base32:16}",
      ),
      "aws-secret-access-key": named(
        ["aws_secret", "secret_access_key", "secretaccesskey", "aws_sec", "secret_key"],
        "{base64:40}",
      ),
      "aws-session-token": named(
        ["aws_session_token", "sessiontoken", "session_token", "security_token"],
        "{base64:100-}{pad:0-2}",
      ),
      "aws-bedrock-key": anyOf(
        "ABSK{base64:109-269}{pad:0-2}",
        "bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t{base64:0-}{pad:0-2}",
      ),
      "aws-mws-token": `amzn.mws.${uuid}`,
      "aws-oauth-client-secret": "amzn1.oa2-cs.v1.{hex:64}",
      "aws-signed-url": "X-Amz-Signature={hex:64}",
    },
  },
  {
    name: "Google Cloud",
    source: "https://cloud.google.com/docs/authentication/api-keys",
    formats: {
      "google-api-key": "AIza{url64:35}",
      "google-oauth-access-token": "ya29.{url64:30-}",
      "google-oauth-refresh-token": "1//0{url64:35-}",
      "google-oauth-client-secret": "GOCSPX-{url64:28}",
      "google-service-key-id": named(["private_key_id"], "{hex:40}"),
      "google-firebase-messaging-key": "AAAA{url64:7}:APA91b{url64:134-}",
      "google-hmac-key": "GOOG1E{upnum:55}",
      "google-recaptcha-secret": named(["recaptcha"], "6L{url64:38}"),
    },
  },
  {
    name: "Microsoft Azure",
    source:
      "https://learn.microsoft.com/en-us/entra/identity-platform/app-objects-and-service-principals",
    formats: {
      "azure-client-secret": anyOf("{dotted:3}{digit:1}Q~{dotted:31-34}"),
      "azure-storage-key": "AccountKey={base64:86}==",
      "azure-shared-access-key": "SharedAccessKey={base64:42-44}{pad:0-2}",
      "azure-sas-signature": anyOf("sig={base64:43}=", "sig={percent:43-100}"),
      "azure-function-key": "AzFu{any64:40-52}{pad:0-2}",
      "azure-search-key": "AzSe{alnum:48}",
      "azure-container-registry-key": "+ACR{alnum:42}",
      "azure-cosmos-key": "ACDb{base64:78-84}==",
      "azure-devops-token": named(
        ["azure_devops", "azuredevops", "vsts", "system_accesstoken"],
        "{lownum:52}",
      ),
      "azure-devops-token-v2": "{alnum:75}AZDO{alnum:5}",
      "azure-subscription-key": named(
        ["ocp-apim-subscription-key", "subscription_key", "subscriptionkey"],
        "{hex:32}",
      ),
      "azure-openai-key": named(
        ["azure_openai", "azureopenai", "openai_azure"],
        "{hex:32}",
        "{alnum:84}",
      ),
    },
  },
  {
    name: "Alibaba Cloud",
    source: "https://www.alibabacloud.com/help/en/ram/user-guide/create-an-accesskey-pair",
    formats: {
      "alibaba-access-key-id": "LTAI{alnum:12-24}",
      "alibaba-access-key-secret": named(["alibaba", "aliyun", "alicloud"], "{alnum:30}"),
    },
  },
  {
    name: "Tencent Cloud",
    source: "https://www.tencentcloud.com/document/product/598/32675",
    formats: {
      "tencent-secret-id": "AKID{alnum:32}",
      "tencent-secret-key": named(["tencent", "qcloud"], "{alnum:32}"),
    },
  },
  {
    name: "Yandex Cloud",
    source: "https://yandex.cloud/en/docs/iam/concepts/authorization/",
    formats: {
      "yandex-iam-token": "t1.{url64:4-}{pad:0-2}.{url64:86}{pad:0-2}",
      "yandex-api-key": "AQVN{url64:35-38}",
      "yandex-access-key": named(["yandex"], "YC{url64:38}"),
      "yandex-oauth-token": "y0_{url64:50-}",
    },
  },
  {
    name: "DigitalOcean",
    source: "https://docs.digitalocean.com/reference/api/create-personal-access-token/",
    formats: {
      "digitalocean-personal-token": "dop_v1_{anyhex:64}",
      "digitalocean-oauth-token": "doo_v1_{anyhex:64}",
      "digitalocean-refresh-token": { shapes: ["dor_v1_{anyhex:64}"], anyCase: true },
      "digitalocean-spaces-key": named(["spaces_key", "spaces_access"], "DO{upnum:18}"),
    },
  },
  {
    name: "Cloudflare",
    source: "https://developers.cloudflare.com/fundamentals/api/",
    formats: {
      "cloudflare-api-token": named(["cloudflare", "cf_api", "cf_token"], "{url64:40}"),
      "cloudflare-global-key": named(["cloudflare", "x-auth-key", "cf_api"], "{anyhex:37}"),
      "cloudflare-origin-ca-key": "v1.0-{hex:24}-{hex:146}",
      "cloudflare-turnstile-secret": "0x4AAAAAAA{url64:22-}",
      "cloudflare-tunnel-token": named(
        ["tunnel_token", "cloudflared"],
        "eyJhIjoi{any64:100-}{pad:0-2}",
      ),
    },
  },
  {
    name: "Fastly",
    source: "https://www.fastly.com/documentation/reference/api/auth-tokens/",
    formats: { "fastly-token": named(["fastly"], "{padded:32}") },
  },
  {
    name: "Heroku",
    source: "https://devcenter.heroku.com/articles/authentication",
    formats: {
      "heroku-api-key": "HRKU-AA{url64:58}",
      "heroku-api-key-old": named(["heroku"], anyUuid),
    },
  },
  {
    name: "Fly.io",
    source: "https://fly.io/docs/security/tokens/",
    formats: {
      "fly-access-token": anyOf(
        "fo1_{url64:43}",
        "fm1a_{base64:100-}{pad:0-3}",
        "fm1r_{base64:100-}{pad:0-3}",
        "fm2_{base64:100-}{pad:0-3}",
      ),
    },
  },
  {
    name: "Netlify",
    source: "https://docs.netlify.com/api/get-started/",
    formats: {
      "netlify-token": "nfp_{alnum:36}",
      "netlify-token-old": named(["netlify"], "{padded:40-46}"),
    },
  },
  {
    name: "Vercel",
    source: "https://vercel.com/docs/rest-api",
    formats: {
      "vercel-token": named(["vercel"], "{alnum:24}"),
      "vercel-blob-token": "vercel_blob_rw_{alnum:16}_{alnum:30}",
      "vercel-personal-token": anyOf(
        "vcp_{alnum:56}",
        "vci_{alnum:56}",
        "vca_{alnum:56}",
        "vcr_{alnum:56}",
      ),
      "vercel-gateway-key": "vck_{alnum:56}",
    },
  },
  {
    name: "Render",
    source: "https://render.com/docs/api",
    formats: { "render-api-key": "rnd_{alnum:28-36}" },
  },
  {
    name: "Scalingo",
    source: "https://developers.scalingo.com/",
    formats: { "scalingo-token": "tk-us-{url64:48}" },
  },
  {
    name: "Scaleway",
    source: "https://www.scaleway.com/en/docs/iam/how-to/create-api-keys/",
    formats: {
      "scaleway-access-key": "SCW{upnum:17}",
      "scaleway-secret-key": named(["scw_secret", "scaleway"], uuid),
    },
  },
  {
    name: "Hetzner",
    source: "https://docs.hetzner.cloud/",
    formats: { "hetzner-token": named(["hcloud", "hetzner"], "{alnum:64}") },
  },
  {
    name: "Linode",
    source: "https://techdocs.akamai.com/linode-api/reference/get-started",
    formats: { "linode-token": named(["linode"], "{hex:64}") },
  },
  {
    name: "Vultr",
    source: "https://docs.vultr.com/platform/other/api",
    formats: { "vultr-api-key": named(["vultr"], "{upnum:36}") },
  },
  {
    name: "OVHcloud",
    source: "https://help.ovhcloud.com/",
    formats: {
      "ovh-application-secret": named(
        ["ovh_application_secret", "ovh_consumer_key", "ovh"],
        "{alnum:32}",
      ),
    },
  },
  {
    name: "IBM Cloud",
    source: "https://cloud.ibm.com/docs/account?topic=account-userapikey",
    formats: {
      "ibm-cloud-key": named(["ibmcloud", "ibm_cloud", "bluemix", "watson"], "{url64:44}"),
    },
  },
  {
    name: "Oracle Cloud",
    source: "https://docs.oracle.com/en-us/iaas/Content/Identity/Tasks/managingcredentials.htm",
    formats: { "oracle-customer-secret": named(["oci_secret", "oracle_cloud"], "{base64:43}=") },
  },
  {
    name: "Meraki",
    source: "https://developer.cisco.com/meraki/api-v1/authorization/",
    formats: { "meraki-api-key": named(["meraki"], "{hex:40}") },
  },
  {
    name: "Tailscale",
    source: "https://tailscale.com/kb/1277/key-prefixes",
    formats: {
      "tailscale-key": anyOf(
        "tskey-api-{alnum:10-20}-{alnum:20-40}",
        "tskey-auth-{alnum:10-20}-{alnum:20-40}",
        "tskey-client-{alnum:10-20}-{alnum:20-40}",
        "tskey-scim-{alnum:10-20}-{alnum:20-40}",
        "tskey-webhook-{alnum:10-20}-{alnum:20-40}",
      ),
    },
  },
  {
    name: "Defined Networking",
    source: "https://docs.defined.net/guides/automating-host-creation/",
    formats: { "defined-networking-token": "dnkey-{padded:26}-{padded:52}" },
  },
  {
    name: "WireGuard",
    source: "https://www.wireguard.com/quickstart/",
    formats: {
      "wireguard-key": named(["privatekey", "presharedkey", "wg_private"], "{base64:43}="),
    },
  },
  {
    name: "ngrok",
    source: "https://ngrok.com/docs/agent/config/",
    formats: {
      "ngrok-token": named(["ngrok", "authtoken"], "{alnum:27}_{alnum:21}", "{alnum:43}"),
    },
  },
  {
    name: "OpenShift",
    source: "https://docs.redhat.com/en/documentation/openshift_container_platform/",
    formats: { "openshift-token": "sha256~{url64:43}" },
  },
  {
    name: "Kubernetes",
    source: "https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/",
    formats: {
      "kubernetes-bootstrap-token": named(["token", "kubeadm"], "{lownum:6}.{lownum:16}"),
      "kubernetes-client-key": named(["client-key-data"], "{base64:100-}{pad:0-2}"),
    },
  },
  {
    name: "Terraform Cloud",
    source:
      "https://developer.hashicorp.com/terraform/cloud-docs/users-teams-organizations/api-tokens",
    formats: { "terraform-token": "{alnum:14}.atlasv1.{padded:60-70}" },
  },
  {
    name: "Pulumi",
    source: "https://www.pulumi.com/docs/pulumi-cloud/access-management/access-tokens/",
    formats: { "pulumi-token": "pul-{hex:40}" },
  },
  {
    name: "Infracost",
    source: "https://www.infracost.io/docs/",
    formats: { "infracost-key": "ico-{alnum:32}" },
  },
];
