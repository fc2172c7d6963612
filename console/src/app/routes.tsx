import { createBrowserRouter, Navigate, type RouteObject, useRouteError } from "react-router";

import { Frame } from "@/app/Frame";
import { Gate } from "@/app/Gate";
import { pages } from "@/app/pages";
import { startRooms } from "@/i18n/language";
import { type RoomPage, serviceOf } from "@/kit/roomPage";
import { NotFound, Trouble } from "@/kit/Trouble";
import { SignIn } from "@/rooms/identity/SignIn";
import { NeedsService } from "@/rooms/overview/NeedsService";

function Fallen() {
  return <Trouble error={useRouteError()} retry={() => location.reload()} />;
}

function routeOf(page: RoomPage): RouteObject {
  return {
    path: page.path,
    lazy: async () => {
      const Component = await page.load();
      return {
        element: (
          <Gate may={page.may}>
            <NeedsService service={serviceOf(page)}>
              <Component />
            </NeedsService>
          </Gate>
        ),
      };
    },
  };
}

/** Which page shows at which address; pages load when they are first visited. */
export function createRouter() {
  return createBrowserRouter([
    { path: "/sign-in", element: <SignIn />, errorElement: <Fallen /> },
    {
      path: "/",
      element: <Frame />,
      loader: async () => {
        await startRooms();
        return null;
      },
      shouldRevalidate: () => false,
      errorElement: <Fallen />,
      hydrateFallbackElement: <></>,
      children: [
        {
          errorElement: <Fallen />,
          children: [
            { index: true, element: <Navigate to="/overview" replace /> },
            ...pages.map(routeOf),
            { path: "*", element: <NotFound /> },
          ],
        },
      ],
    },
  ]);
}
