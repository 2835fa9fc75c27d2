// The client of both: node upload.mjs FILE ENDPOINT METADATA-AS-JSON [TOKEN]; says how many seconds.
import { createReadStream } from 'node:fs'
import { Upload } from 'tus-js-client'

const [file, endpoint, metadata, token] = process.argv.slice(2)
const begin = process.hrtime.bigint()
new Upload(createReadStream(file, { highWaterMark: 1 << 20 }), {
  endpoint,
  metadata: JSON.parse(metadata),
  headers: token ? { Authorization: `Bearer ${token}` } : {},
  retryDelays: null,
  onSuccess: () => console.log(Number(process.hrtime.bigint() - begin) / 1e9),
  onError: (error) => {
    console.error(String(error))
    process.exit(1)
  },
}).start()
