// What the server of a Next.js dashboard does: sign in, read the connection of a client.
//   node dashboard.mjs SUPABASE_JS < FACTS
//   (url, key, email, password, client_id; insights: the README's statement)

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const { createClient } = await import(pathToFileURL(process.argv[2]).href);
const { url, key, email, password, client_id, insights: statement } = JSON.parse(readFileSync(0, "utf8"));

const supabase = createClient(url, key, {
  auth: { persistSession: false, autoRefreshToken: false },
  // Node.js before 22 has no WebSocket; none is opened here.
  realtime: { transport: globalThis.WebSocket ?? class {} },
});
const signedIn = await supabase.auth.signInWithPassword({ email, password });
if (signedIn.error) throw signedIn.error;

const columns = "access_token, user_facebook_id, ad_account_id, token_expires_at";
const of = (table, wanted) => supabase.from(table).select(wanted).eq("client_id", client_id);
const token = await of("meta_tokens", columns).maybeSingle();
const connections = await of("meta_connections", "*");
const clients = await supabase.from("clients").select("id, name").order("name");
const run = Object.getPrototypeOf(async () => {}).constructor;
const ask = new run("supabase", "clientId", `${statement}; return { data: insights, error };`);
const insights = await ask(supabase, client_id);

console.log(JSON.stringify({ token, connections, clients, insights }));
