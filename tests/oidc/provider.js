// provider.js - a real OpenID Connect provider for the tests of logging in: node provider.js CONFIG, with
// {issuer, port, key, certificate, jwks, clients, people: {sub: claims}, inToken}. It says "ready" when it
// listens. Who types the name of one of the people is let in; there are no passwords.
import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import Provider from "oidc-provider";

const config = JSON.parse(readFileSync(process.argv[2], "utf8"));
const provider = new Provider(config.issuer, {
	clients: config.clients,
	jwks: config.jwks,
	claims: { openid: ["sub"], profile: ["name", "preferred_username", "groups", "so"], email: ["email", "email_verified"] },
	conformIdTokenClaims: !config.inToken,
	cookies: { keys: ["khien-test"] },
	pkce: { required: () => true },
	features: { devInteractions: { enabled: true }, rpInitiatedLogout: { enabled: true } },
	findAccount: (context, id) => config.people[id] && { accountId: id, claims: () => ({ sub: id, ...config.people[id] }) },
});
createServer({ key: readFileSync(config.key), cert: readFileSync(config.certificate) }, provider.callback())
	.listen(config.port, "127.0.0.1", () => console.log("ready"));
