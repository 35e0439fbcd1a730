namespace Sockeye.Protocol.Framing;

/// <summary>How a dialect frames messages.</summary>
internal enum FramingKind : byte
{
    /// <summary>RFC 6455 §5, and hybi-07 and hybi-08 before it.</summary>
    Hybi,

    /// <summary>hixie-75 and hixie-76: text from 00 to FF.</summary>
    Sentinel,

    /// <summary>August 2010: a type byte, a 64-bit length, text.</summary>
    TypeLength,
}
