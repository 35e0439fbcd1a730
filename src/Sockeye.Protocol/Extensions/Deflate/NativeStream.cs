using System.Runtime.ConstrainedExecution;

namespace Sockeye.Protocol.Extensions.Deflate;

/// <summary>
/// Owns one native stream: whoever made it disposes it, behind the same lock under which it is used; the finalizer is for what was lost.
/// </summary>
internal abstract unsafe class NativeStream : CriticalFinalizerObject, IDisposable
{
    private static long s_outstanding;
    private NativeZlib.ZStream _stream;
    private bool _open;

    ~NativeStream() => Close();

    /// <summary>Native streams that are not given back: tests look for leaks.</summary>
    public static long Outstanding => s_outstanding;

    public void Dispose()
    {
        Close();
        GC.SuppressFinalize(this);
    }

    protected abstract int Init(NativeZlib.ZStream* stream);

    protected abstract int End(NativeZlib.ZStream* stream);

    protected void Open()
    {
        int code;
        fixed (NativeZlib.ZStream* stream = &_stream)
        {
            code = Init(stream);
        }

        if (code != NativeZlib.Ok)
        {
            throw new InsufficientMemoryException($"The compression library has no stream to give (code {code}).");
        }

        _open = true;
        Count(1);
    }

    /// <summary>Runs the library once on input and output.</summary>
    protected int Run(
        delegate*<NativeZlib.ZStream*, int, int> function, int flush, ref ReadOnlySpan<byte> input, scoped Span<byte> output, out int written)
    {
        ObjectDisposedException.ThrowIf(!_open, this);
        int code;
        fixed (byte* from = input, to = output)
        fixed (NativeZlib.ZStream* stream = &_stream)
        {
            stream->NextIn = from;
            stream->AvailableIn = (uint)input.Length;
            stream->NextOut = to;
            stream->AvailableOut = (uint)output.Length;
            code = function(stream, flush);
            input = input[^(int)stream->AvailableIn..];
            written = output.Length - (int)stream->AvailableOut;
        }

        GC.KeepAlive(this);
        return code;
    }

    protected void Run(delegate*<NativeZlib.ZStream*, int, int> function, int argument)
    {
        ObjectDisposedException.ThrowIf(!_open, this);
        fixed (NativeZlib.ZStream* stream = &_stream)
        {
            function(stream, argument);
        }

        GC.KeepAlive(this);
    }

#pragma warning disable RS0030 // a number that tests read, not a use of threads
    private static void Count(int by) => System.Threading.Interlocked.Add(ref s_outstanding, by);
#pragma warning restore RS0030

    private void Close()
    {
        if (!_open)
        {
            return;
        }

        _open = false;
        fixed (NativeZlib.ZStream* stream = &_stream)
        {
            End(stream);
        }

        Count(-1);
    }
}
