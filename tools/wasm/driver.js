// Runs page_verify of verify.c once: bytes go in, the program's exit status and its document
// come out.  In a worker it is asked by a message, in node by a call.

async function sltraceVerify(request, progress) {
    const program = await sltrace({wasmBinary: request.wasm, progress});
    const room = size => {
        const at = program._malloc(size);
        if (!at) throw new Error(`no memory for ${size} bytes`);
        return at;
    };
    const put = text => {
        const size = program.lengthBytesUTF8(text) + 1, at = room(size);
        program.stringToUTF8(text, at, size);
        return at;
    };
    const size = request.bundle.length, bundle = room(size);
    program.HEAPU8.set(request.bundle, bundle);
    const exit = program._page_verify(bundle, size, put(request.bundleSha256),
                                      put(request.run), put(request.runSha256));
    return {exit, document: program.UTF8ToString(program._page_document())};
}

if (typeof WorkerGlobalScope === 'function')
    onmessage = event => sltraceVerify(event.data, progress => postMessage({progress})).then(
        verdict => postMessage(verdict), error => postMessage({error: String(error)}));
else
    module.exports = sltraceVerify;
