namespace Sockeye.Transports.Memory;

/// <summary>What goes wrong at one read or write of a memory link.</summary>
internal enum MemoryFault
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The peer's bytes end here.</summary>
    EndOfStream,

    /// <summary>The link breaks.</summary>
    Reset,

    /// <summary>A write takes one byte only; a read hands one byte over.</summary>
    Short,
}
