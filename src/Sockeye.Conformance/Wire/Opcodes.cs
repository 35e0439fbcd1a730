namespace Sockeye.Conformance.Wire;

/// <summary>The opcodes of RFC 6455 §5.2.</summary>
internal static class Opcodes
{
    public const int Continuation = 0, Text = 1, Binary = 2, Close = 8, Ping = 9, Pong = 10;

    public static string NameOf(int opcode) => opcode switch
    {
        Continuation => "continuation",
        Text => "text",
        Binary => "binary",
        Close => "close",
        Ping => "ping",
        Pong => "pong",
        _ => $"opcode {opcode}",
    };
}
