using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Sockeye.AspNetCore;

/// <summary>The upgrade that an HTTP layer without one lacks: writes the response's head as bytes and hands the pipes over as a stream.</summary>
internal sealed class MemoryUpgrade(PipeReader input, PipeWriter output) : IHttpUpgradeFeature
{
    private const int MostBodyBytes = 64 * 1024;

    public bool IsUpgradableRequest => true;

    public bool IsUpgraded { get; private set; }

    /// <summary>The response of the request that is upgraded.</summary>
    public HttpResponse? Response { get; set; }

    public async Task<Stream> UpgradeAsync()
    {
        IsUpgraded = true;
        await WriteHeadAsync(Response!, StatusCodes.Status101SwitchingProtocols).ConfigureAwait(false);
        return new UpgradedStream(input.AsStream(), output.AsStream());
    }

    /// <summary>Writes an answer that is no upgrade.</summary>
    public async Task RefuseAsync(HttpResponse response)
    {
        await WriteHeadAsync(response, response.StatusCode).ConfigureAwait(false);
        byte[] body = new byte[MostBodyBytes];
        int count = await response.Body.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false).ConfigureAwait(false);
        await output.WriteAsync(body.AsMemory(0, count)).ConfigureAwait(false);
        await output.CompleteAsync().ConfigureAwait(false);
        await input.CompleteAsync().ConfigureAwait(false);
    }

    private async Task WriteHeadAsync(HttpResponse response, int status)
    {
        var head = new StringBuilder($"HTTP/1.1 {status} {Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(status)}\r\n");
        foreach (var (name, values) in response.Headers)
        {
            foreach (string? value in values)
            {
                head.Append(name).Append(": ").Append(value).Append("\r\n");
            }
        }

        await output.WriteAsync(Encoding.Latin1.GetBytes(head.Append("\r\n").ToString())).ConfigureAwait(false);
    }

    private sealed class UpgradedStream(Stream input, Stream output) : Stream
    {
        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => input.Read(buffer, offset, count);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            buffer.IsEmpty ? default : input.ReadAsync(buffer, cancellationToken);

        public override void Write(byte[] buffer, int offset, int count) => output.Write(buffer, offset, count);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
            output.WriteAsync(buffer, cancellationToken);

        public override void Flush() => output.Flush();

        public override Task FlushAsync(CancellationToken cancellationToken) => output.FlushAsync(cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                input.Dispose();
                output.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
