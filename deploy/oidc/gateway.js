import crypto from 'crypto';
import fs from 'fs';

// Signs a request of a person whom the OIDC proxy knows. docs/service.md, "Behind a gateway", says what is signed.
function sign(r) {
  const org = process.env.AGENT_TRACE_ORG;
  const secret = process.env.AGENT_TRACE_GATEWAY_SECRET;
  const user = r.variables.signed_on_user;
  if (!org || !secret || !user) {
    r.return(403, 'no user, or the gateway has no secret\n');
    return;
  }
  const digest = crypto.createHash('sha256').update(bodyOf(r)).digest('hex');
  const text = org + '\n' + user + '\n\n' + digest;
  r.variables.agent_trace_org = org;
  r.variables.agent_trace_digest = digest;
  r.variables.agent_trace_signature = crypto.createHmac('sha256', secret).update(text).digest('hex');
  r.internalRedirect('@signed');
}

function bodyOf(r) {
  const file = r.variables.request_body_file;
  return file ? fs.readFileSync(file) : '';
}

export default { sign };
