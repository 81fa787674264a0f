// Makes a run again as a page does, in node; prints one line of JSON:
//   node again.js FOLDER-OF-THE-PROGRAM BUNDLE ITS-SHA256 RUN ITS-SHA256
const fs = require('fs'), path = require('path');
const [folder, bundle, bundleSha256, run, runSha256] = process.argv.slice(2);
const verify = require(path.resolve(folder, 'verify.js'));
let told = 0;
const print = what => { fs.writeSync(1, JSON.stringify(what) + '\n'); process.exit(0); };
verify({wasm: fs.readFileSync(path.join(folder, 'verify.wasm')), bundle: fs.readFileSync(bundle),
        bundleSha256, run, runSha256}, () => told++).then(
    ({exit, document}) => print({exit, told, document: JSON.parse(document)}),
    error => print({error: String(error)}));
