// Runs a third-party client, unchanged, through the errand. Reads the demo's JSON from standard
// input, writes what each step answered to standard output.
const { default: Client, SignMethod } = require("kuaishou-merchant-open-api");
const image = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
);

async function errand(demo, signMethod, tokens) {
  const client = new Client({
    appKey: demo.app_key,
    appSecret: demo.app_secret,
    signSecret: demo.sign_secret,
    url: demo.base_url,
    signMethod,
  });
  const steps = {};
  if (tokens) {
    client.accessToken = tokens.accessToken;
    client.refreshToken = tokens.refreshToken;
  } else {
    steps.code = await client.getAccessTokenByCode({ code: demo.code });
    steps.refresh = await client.getAccessTokenByRefreshToken({});
  }
  const now = Date.now();
  steps.list = await client.execute(
    { api: "open.order.cursor.list" },
    {
      orderViewStatus: 1,
      pageSize: 10,
      sort: 1,
      queryType: 1,
      beginTime: now - 6 * 86400000,
      endTime: now,
      cursor: "",
    },
  );
  steps.detail = await client.execute({ api: "open.order.detail" }, { oid: demo.order_ids[0] });
  steps.item = await client.execute({ api: "open.item.get" }, { kwaiItemId: demo.item_ids[0] });
  steps.upload = await client.execute(
    { api: "open.item.image.upload" },
    { imgUrl: "", imgBytes: image, uploadType: 1 },
  );
  steps.user = await client.execute({ api: "open.user.seller.get" }, {});
  steps.stranger = await client.execute({ api: "open.order.detail" }, { oid: 1 });
  return [steps, { accessToken: client.accessToken, refreshToken: client.refreshToken }];
}

(async () => {
  const demo = JSON.parse(require("fs").readFileSync(0, "utf8"));
  const [md5, tokens] = await errand(demo, SignMethod.MD5);
  const [hmac] = await errand(demo, SignMethod.HMAC_SHA256, tokens);
  process.stdout.write(JSON.stringify({ md5, hmac }));
})();
