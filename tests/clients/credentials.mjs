// What the default chain of the AWS SDK for JavaScript finds in this process's environment, printed as
// examples/credentials.rs prints what ours finds. The one argument is the region of the store's client.
import { createHash } from "node:crypto";
import { fromNodeProviderChain } from "@aws-sdk/credential-providers";

const digest = (text) => (text === undefined ? null : createHash("sha256").update(text).digest("hex"));
const region = process.argv[2];

try {
  // The S3 client hands itself over as the parent of the clients that its credentials need.
  const found = await fromNodeProviderChain({
    parentClientConfig: { region: region === undefined ? undefined : async () => region },
  })();
  console.log(
    JSON.stringify({
      accessKeyId: found.accessKeyId,
      secret: digest(found.secretAccessKey),
      token: digest(found.sessionToken),
      expires: found.expiration ? Math.floor(found.expiration.getTime() / 1000) : null,
    }),
  );
} catch (error) {
  console.error(`${error.name}: ${error.message}`);
  process.exit(1);
}
