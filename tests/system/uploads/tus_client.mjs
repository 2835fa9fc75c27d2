// The real tus-js-client, driven by a test: node tus_client.mjs OPTIONS-AS-JSON
//   endpoint, token, file, metadata   what to upload, and where to
//   chunk, parallel, withBytes        chunkSize, parallelUploads, uploadDataDuringCreation
//   store                             a file that remembers unfinished uploads; found there, it goes on
//   pauseAt                           pauses there, and goes on when a line comes in
//   partial                           metadata of the parts too
// Says a line of JSON for everything that happens.
import { createReadStream } from 'node:fs'
import { createRequire } from 'node:module'

const tus = createRequire(new URL('../../../console/package.json', import.meta.url))('tus-js-client')
const options = JSON.parse(process.argv[2])
const say = (event) => process.stdout.write(JSON.stringify(event) + '\n')
let pauseAt = options.pauseAt ?? Infinity

const upload = new tus.Upload(createReadStream(options.file), {
  endpoint: options.endpoint,
  headers: { Authorization: `Bearer ${options.token}` },
  metadata: options.metadata,
  metadataForPartialUploads: options.partial ?? {},
  chunkSize: options.chunk ?? Infinity,
  parallelUploads: options.parallel ?? 1,
  uploadDataDuringCreation: options.withBytes ?? false,
  retryDelays: [0, 100, 200, 500, 1000, 1000, 2000, 2000, 5000],
  urlStorage: options.store ? new tus.FileUrlStorage(options.store) : undefined,
  storeFingerprintForResuming: Boolean(options.store),
  removeFingerprintOnSuccess: true,
  onUploadUrlAvailable: () => say({ url: upload.url }),
  onProgress: async (sent) => {
    if (sent < pauseAt) return
    pauseAt = Infinity
    await upload.abort()
    say({ paused: sent })
    process.stdin.once('data', () => upload.start())
  },
  onChunkComplete: (_size, accepted) => say({ accepted }),
  onSuccess: () => {
    say({ success: upload.url })
    process.exit(0)
  },
  onError: (error) => {
    const answer = error.originalResponse
    say({ error: error.message, status: answer?.getStatus(), body: answer?.getBody() })
    process.exit(1)
  },
})
const before = options.store ? await upload.findPreviousUploads() : []
say({ before: before.length })
if (before.length > 0) upload.resumeFromPreviousUpload(before[0])
upload.start()
