package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"

	"github.com/gorilla/websocket"
)

var (
	upgrader  = websocket.Upgrader{}
	gate      sync.RWMutex
	everybody = map[*websocket.Conn]bool{}
	broadcast bool
)

func serve(writer http.ResponseWriter, request *http.Request) {
	socket, err := upgrader.Upgrade(writer, request, nil)
	if err != nil {
		return
	}
	defer socket.Close()
	socket.SetReadLimit(2 << 20)
	if broadcast {
		gate.Lock()
		everybody[socket] = true
		gate.Unlock()
		defer func() {
			gate.Lock()
			delete(everybody, socket)
			gate.Unlock()
		}()
	}
	for {
		kind, payload, err := socket.ReadMessage()
		if err != nil {
			return
		}
		if !broadcast {
			if socket.WriteMessage(kind, payload) != nil {
				return
			}
			continue
		}
		message, _ := websocket.NewPreparedMessage(kind, payload)
		gate.RLock()
		for other := range everybody {
			other.WritePreparedMessage(message)
		}
		gate.RUnlock()
	}
}

func main() {
	scheme, folder := "ws", ""
	for index, argument := range os.Args {
		switch argument {
		case "--broadcast":
			broadcast = true
		case "--tls":
			scheme, folder = "wss", os.Args[index+1]
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	fmt.Printf("listening on %s://%s/\n", scheme, listener.Addr())
	http.HandleFunc("/", serve)
	if folder != "" {
		panic(http.ServeTLS(listener, nil, folder+"/cert.pem", folder+"/key.pem"))
	}
	panic(http.Serve(listener, nil))
}
