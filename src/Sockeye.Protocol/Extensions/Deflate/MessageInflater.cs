namespace Sockeye.Protocol.Extensions.Deflate;

/// <summary>
/// Brings back what the peer compressed, message after message, as it arrives (RFC 7692 §7.2.2). A decompressor is held from the first
/// compressed message to the last if messages may refer to earlier ones, else only within a message.
/// </summary>
/// <param name="keepsContext">Whether its messages may refer to earlier ones.</param>
internal sealed class MessageInflater(bool keepsContext) : IDisposable
{
    private IInflater? _inflater;
    private bool _begun, _ended;

    /// <summary>Whether the last output was filled, so that there may be more without further input.</summary>
    public bool HasMore { get; private set; }

    /// <summary>Inflates as far as there is input and room.</summary>
    /// <param name="input">Payload of the message; used up unless the output is filled.</param>
    /// <param name="last">Whether the message's payload ends with this input.</param>
    /// <param name="output">Not empty.</param>
    /// <param name="written">How many bytes came of it; they count also if what follows is corrupt.</param>
    /// <param name="complete">Whether the message is all there; the next call begins another.</param>
    /// <returns>False if the payload is corrupt.</returns>
    public bool TryInflate(ref ReadOnlySpan<byte> input, bool last, Span<byte> output, out int written, out bool complete)
    {
        written = 0;
        complete = false;
        while (written < output.Length)
        {
            if (input.IsEmpty && (!HasMore || _ended))
            {
                HasMore = false;
                complete = last;
                return !last || TryEnd();
            }

            bool valid = Step(ref input, output[written..], out int count);
            written += count;
            if (!valid)
            {
                return false;
            }

            HasMore = written == output.Length;
        }

        return true;
    }

    public void Dispose()
    {
        var inflater = _inflater;
        (_inflater, HasMore) = (null, false);
        if (inflater is null)
        {
            return;
        }

        if (keepsContext)
        {
            inflater.Dispose();
        }
        else
        {
            InflaterPool.Return(inflater);
        }
    }

    private bool Step(ref ReadOnlySpan<byte> source, scoped Span<byte> output, out int written)
    {
        _inflater ??= keepsContext ? DeflateEngine.CreateInflater() : InflaterPool.Rent();
        if (_ended)
        {
            // Behind a block marked as the last, others may follow (RFC 7692 §7.2.3.4), from the next byte on and with an empty window.
            _inflater.Reset();
            _ended = false;
        }

        _begun = true;
        int before = source.Length;
        var status = _inflater.Inflate(ref source, output, out written);
        _ended = status == InflateStatus.Ended;
        return status != InflateStatus.Corrupt && (source.Length < before || written > 0 || before == 0);
    }

    /// <summary>
    /// The payload is used up. It must end as a sender ends it; but a message without any payload is taken for an empty one,
    /// and one that ends with a block marked as the last needs no empty block behind it: both are sent, and can mean nothing else.
    /// </summary>
    private bool TryEnd()
    {
        bool whole = !_begun || _ended || _inflater!.TryEndMessage();
        _begun = false;
        if (!keepsContext)
        {
            Dispose();
            _ended = false;
        }

        return whole;
    }
}
