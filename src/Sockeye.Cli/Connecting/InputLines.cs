using System.Runtime.CompilerServices;

namespace Sockeye.Cli.Connecting;

/// <summary>Cuts a stream into lines without touching their bytes.</summary>
internal static class InputLines
{
    /// <summary>Each line without its end (LF or CR LF); the last one also if it has none.</summary>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        Stream input, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        byte[] chunk = new byte[64 * 1024];
        var pending = new MemoryStream();
        int read;
        while ((read = await ReadSomeAsync(input, chunk, cancellationToken)) > 0)
        {
            int start = 0;
            for (int end; (end = Array.IndexOf(chunk, (byte)'\n', start, read - start)) >= 0; start = end + 1)
            {
                pending.Write(chunk, start, end - start);
                yield return Take(pending);
            }

            pending.Write(chunk, start, read - start);
        }

        if (pending.Length > 0)
        {
            yield return Take(pending);
        }
    }

    private static ReadOnlyMemory<byte> Take(MemoryStream pending)
    {
        byte[] line = pending.ToArray();
        pending.SetLength(0);
        return line is [.., (byte)'\r'] ? line.AsMemory(0, line.Length - 1) : line;
    }

    private static async ValueTask<int> ReadSomeAsync(Stream input, byte[] chunk, CancellationToken cancellationToken)
    {
        try
        {
            return await input.ReadAsync(chunk, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return 0; // the terminal has gone, or stdin is nothing that can be read
        }
    }
}
