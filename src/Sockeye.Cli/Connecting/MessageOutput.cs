using System.Buffers;
using System.Buffers.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Sockeye.Cli.Connecting;

/// <summary>Prints messages for scripts: one write, and so one line at once, for each.</summary>
internal sealed class MessageOutput(Stream output, bool json)
{
    private readonly ArrayBufferWriter<byte> _line = new();

    /// <exception cref="IOException">Nobody reads any more.</exception>
    public void Write(WebSocketMessage message)
    {
        _line.ResetWrittenCount();
        if (json)
        {
            WriteJson(message);
        }
        else if (message.Type == MessageType.Text)
        {
            _line.Write(message.Span);
        }
        else
        {
            var room = _line.GetSpan(Base64.GetMaxEncodedToUtf8Length(message.Length) + 1);
            Base64.EncodeToUtf8(message.Span, room, out _, out int written);
            _line.Advance(written);
        }

        _line.Write("\n"u8);
        output.Write(_line.WrittenSpan);
        output.Flush();
    }

    private void WriteJson(WebSocketMessage message)
    {
        var options = new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }; // letters stay letters
        using var writer = new Utf8JsonWriter(_line, options);
        writer.WriteStartObject();
        if (message.Type == MessageType.Text)
        {
            writer.WriteString("type"u8, "text"u8);
            writer.WriteString("text"u8, message.Span);
        }
        else
        {
            writer.WriteString("type"u8, "binary"u8);
            writer.WriteBase64String("base64"u8, message.Span);
        }

        writer.WriteEndObject();
    }
}
