namespace Sockeye.Protocol.Http;

/// <summary>Which start line a head has.</summary>
internal enum HeadKind : byte
{
    /// <summary>method SP target SP version (RFC 9112 §3).</summary>
    Request,

    /// <summary>version SP status [SP reason] (RFC 9112 §4).</summary>
    Response,
}
