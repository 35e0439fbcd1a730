namespace Sockeye;

/// <summary>What a dialect can do. The code asks for these, never for a dialect by its name.</summary>
[Flags]
public enum DialectTraits
{
    /// <summary>Nothing but text messages that go whole; the end of the TCP stream is the only way to close.</summary>
    None = 0,

    /// <summary>There is a closing frame, so that a close can be told from a broken link.</summary>
    CloseFrame = 1,

    /// <summary>The closing frame carries a code and a reason.</summary>
    CloseCodes = 2,

    /// <summary>There are pings and pongs.</summary>
    Ping = 4,

    /// <summary>There are binary messages.</summary>
    Binary = 8,

    /// <summary>A message may be sent in fragments.</summary>
    Fragments = 16,

    /// <summary>Extensions such as compression can be agreed on.</summary>
    Extensions = 32,

    /// <summary>What a client sends is masked.</summary>
    Masking = 64,

    /// <summary>After a close the server ends the TCP connection, not whoever closed first.</summary>
    ServerEndsLink = 128,
}
